import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './own-server.ts';
import { makeFolder } from './temporary-folder.ts';
import { untilTrue } from './until-true.ts';

/** A real OpenSSH server on a port of its own, with keys and settings of its own; the machine's own service is never touched. */
export interface Sshd extends AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  /** A file for `ssh -F` that knows its host key and has a key that it accepts; `bastion` is its name there. `more` goes before. */
  configFile(name: string, more?: string): string;
  /** Ends the connections that are there now; new ones are welcome. */
  cut(): void;
  /** Nobody listens any more, and nothing that is there stays. */
  stop(): Promise<void>;
}

/** @param settings lines of sshd_config that win over ours */
export async function startSshd(settings = ''): Promise<Sshd> {
  const folder = makeFolder('pgr-sshd-');
  for (const name of ['host', 'user', 'stranger']) keygen(join(folder, name));
  const port = await freePort();
  writeFileSync(join(folder, 'authorized'), readFileSync(join(folder, 'user.pub')));
  writeFileSync(join(folder, 'known'), `[127.0.0.1]:${port} ${readFileSync(join(folder, 'host.pub'), 'utf8')}`);
  const lines = [
    settings,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/authorized`,
    `PidFile ${folder}/pid`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 100',
  ];
  writeFileSync(join(folder, 'sshd_config'), lines.join('\n'));
  // Debian's service makes it when it starts.
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  const log = join(folder, 'log');
  const child = spawn('/usr/sbin/sshd', ['-D', '-f', join(folder, 'sshd_config'), '-E', log], { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await untilTrue('sshd listens', async () => {
    if (child.exitCode !== null) throw new Error(readFileSync(log, 'utf8'));
    return existsSync(log) && readFileSync(log, 'utf8').includes('Server listening');
  });
  const cut = () => childrenOf(child).forEach(kill);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGSTOP');
    cut();
    child.kill('SIGKILL');
    await gone;
  };
  return {
    folder,
    port,
    configFile(name, more = '') {
      const file = join(folder, name);
      const known = [`UserKnownHostsFile ${folder}/known`, 'GlobalKnownHostsFile /dev/null', `IdentityFile ${folder}/user`, 'IdentitiesOnly yes'];
      const host = ['Host bastion', '  HostName 127.0.0.1', `  Port ${port}`, `  User ${userInfo().username}`];
      writeFileSync(file, [more, ...known, ...host, ''].join('\n'), { mode: 0o600 });
      return file;
    },
    cut,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function keygen(file: string): void {
  const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
}

/** The server's processes for its connections, each with one of its own where it gave up its rights. */
function childrenOf(child: ChildProcess): readonly number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return [{ pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }];
    } catch {
      return [];
    }
  });
  const below = (pid: number): readonly number[] => parents.filter(({ parent }) => parent === pid).flatMap(({ pid: own }) => [own, ...below(own)]);
  return child.pid === undefined ? [] : below(child.pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone with its parent.
  }
}
