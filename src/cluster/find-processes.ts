import { readdir, readFile, readlink } from 'node:fs/promises';
import type { SystemPort } from '../core/ports.ts';
import { overlayMark } from './clone-method/overlay.ts';

/** What we start in our folders. A person's shell or editor in one of them is not ours to end. */
const ours = /^(postgres|postmaster|initdb|npm|node|pgbouncer)\b/;

/**
 * Process ids of the servers, initdb and npm that work in a folder of ours, also those which a killed run had no time to write down.
 * Told by an argument or the working folder being inside it.
 */
export async function findProcesses(system: SystemPort, folder: string): Promise<readonly number[]> {
  const found = system.platform === 'linux' ? await fromProc(folder) : await fromPs(system, folder);
  return found.filter((pid) => pid !== process.pid);
}

async function fromProc(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const matches = await Promise.all(
    pids.map(async (pid) => {
      // Any of these may be unreadable (another user's process) or gone by now: then it isn't ours.
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      // On its way to becoming a server.
      if (!ours.test(name) && !words.includes(overlayMark)) return false;
      return [...words, await readlink(`/proc/${pid}/cwd`).catch(() => '')].some((word) => isInside(word, folder));
    }),
  );
  return pids.filter((_, index) => matches[index]).map(Number);
}

/** `ps` shows a postmaster's and an initdb's whole command line; their children end with them. */
async function fromPs(system: SystemPort, folder: string): Promise<number[]> {
  const listed = await system.run({ command: 'ps', args: ['-axww', '-o', 'pid=,command='] });
  if (!listed.ok) return [];
  return listed.value.stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    const program = command?.split(' ')[0]?.split('/').at(-1) ?? '';
    return ours.test(program) && command?.split(' ').some((word) => isInside(word, folder)) ? [Number(pid)] : [];
  });
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`) || path === `${folder} (deleted)`;
}
