import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../core/failure.ts';
import type { Child, Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import type { Address } from '../core/server.ts';
import { poolerSettings, poolerUsers } from './pooler-settings.ts';

export interface PoolerRequest {
  readonly program: string;
  /** A folder of our own, which the caller removes together with what runs in it. */
  readonly folder: string;
  /** How each role logs in to the server: host, port and database are those of the first. */
  readonly logins: readonly [Address, ...Address[]];
  readonly aliases: readonly string[];
  /** Writes down which process it is, so that it can be ended after we were killed. */
  readonly onStart: (child: Pick<Child, 'pid' | 'startedAt'>) => Promise<void>;
}

export interface RunningPooler {
  /** A role’s way through the pooler. Two clients of one alias and role share one connection of the server. */
  address(login: Address, alias: string): Address;
}

/** Another program may take a free port between our finding it and PgBouncer’s binding it. */
const portAttempts = 5;
const readyWithinMs = 60_000;

/**
 * Starts PgBouncer in transaction mode before a server, on a free port of the loopback interface, as the servers’ user when we are root: it refuses to be root.
 * Fails with `pooler-not-started` and its last lines; what was started is for the caller to end.
 */
export async function startPooler(context: Context, request: PoolerRequest): Promise<Result<RunningPooler>> {
  const { system } = context.edge;
  const [server] = request.logins;
  if (server.tlsCertificate !== undefined)
    return fail(failure('pooler-not-started', 'PgBouncer is not started before a server that asks for client certificates.'));
  const user = await system.unprivilegedUser();
  if (!user.ok) return user;
  const folder = join(request.folder, 'pooler');
  const own = async (path: string) => (user.value === undefined ? undefined : await chown(path, user.value.uid, user.value.gid));
  await mkdir(folder, { mode: 0o700 });
  await chmod(folder, 0o700);
  const usersFile = join(folder, 'users.txt');
  const settingsFile = join(folder, 'pgbouncer.ini');
  const logFile = join(request.folder, 'pooler.log');
  const users = request.logins.map(({ user: name, password }) => ({ name, password: password ?? new Secret(randomBytes(24).toString('base64url')) }));
  await writeFile(usersFile, poolerUsers(users.map(({ name, password }) => ({ name, password: password.reveal() }))), { mode: 0o600 });
  await own(usersFile);

  for (let attempt = 1; ; attempt++) {
    const port = await system.freePort();
    await writeFile(settingsFile, poolerSettings({ server, aliases: request.aliases, port, usersFile }), { mode: 0o600 });
    await own(settingsFile);
    await own(folder);
    const logged = (await readFile(logFile, 'utf8').catch(() => '')).length;
    const started = await system.startDetached({
      ...{ command: request.program, args: ['-q', settingsFile], cwd: folder, env: { LC_ALL: 'C', TZ: 'UTC' }, logFile },
      ...(user.value === undefined ? {} : { uid: user.value.uid, gid: user.value.gid }),
    });
    if (!started.ok) return fail(failure('pooler-not-started', `PgBouncer can’t be started: ${started.failure.message}`, { object: request.program }));
    await request.onStart(started.value);
    const address = (login: Address, alias: string): Address => {
      const { options: _, tlsRootCertificate: __, channelBinding: ___, password: ____, hostAddress: _____, ...others } = login;
      const known = users.find(({ name }) => name === login.user);
      if (known === undefined) throw new Error(`${login.user} is unknown to the pooler`);
      return { ...others, host: '127.0.0.1', port, database: alias, tls: 'disable', password: known.password };
    };
    const ready = await untilReady(context, started.value, address(server, request.aliases[0] ?? ''));
    if (ready === 'ready') return ok({ address });
    if (context.signal.aborted) return fail(failure('interrupted', 'The run was interrupted while PgBouncer was started.'));
    const said = (await readFile(logFile, 'utf8').catch(() => '')).slice(logged).trim();
    if (ready === 'exited' && /[Aa]ddress already in use/.test(said) && attempt < portAttempts) continue;
    const lines = said.split('\n').slice(-5).join(' ');
    return fail(
      failure('pooler-not-started', `${request.program} ${ready === 'exited' ? 'ended while starting' : 'lets nobody in'}: ${lines}`, {
        object: request.program,
      }),
    );
  }
}

/** A port that listens proves nothing: somebody has to be let in with a password that only ours knows. */
async function untilReady(context: Context, child: Child, address: Address): Promise<'ready' | 'exited' | 'late'> {
  let ended = false;
  const exited = child.exited.then(() => {
    ended = true;
  });
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline && !context.signal.aborted) {
    if (ended) return 'exited';
    const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse', timeoutMs: 10_000, signal: context.signal });
    if (connected.ok) {
      await connected.value.close();
      return 'ready';
    }
    await Promise.race([exited, sleep(50)]);
  }
  return ended ? 'exited' : 'late';
}
