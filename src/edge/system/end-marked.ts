import { readdirSync, readFileSync } from 'node:fs';
import { resourceVariable } from '../../core/ports.ts';
import { endProcess } from './end-process.ts';
import { processIdentity } from './process-identity.ts';
import { run } from './run.ts';

type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGQUIT';

/** Whoever is ended may just have started another one: that one is found by the next look. */
const looks = 5;

/**
 * Ends every process that carries this mark in its environment, all at once by the first signal, then what is left by the next. Neither a process group
 * nor a parent is relied on: a program may leave both, its environment it hands on.
 *
 * @returns pids of those that stay
 */
export async function endMarked(mark: string, signals: readonly EndSignal[]): Promise<readonly number[]> {
  let found = await marked(mark);
  for (let look = 0; found.length > 0 && look < looks; look++) {
    await Promise.all(
      found.map(async (pid) => {
        const startedAt = processIdentity(pid)?.startedAt;
        if (startedAt !== undefined) await endProcess(pid, startedAt, signals);
      }),
    );
    found = await marked(mark);
  }
  return found;
}

async function marked(mark: string): Promise<readonly number[]> {
  const pids = process.platform === 'linux' ? fromProc(`${resourceVariable}=${mark}`) : await fromPs(`${resourceVariable}=${mark}`);
  return pids.filter((pid) => pid !== process.pid && processIdentity(pid)?.zombie === false);
}

function fromProc(entry: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry);
      } catch {
        // Another user's, or gone by now.
        return false;
      }
    })
    .map(Number);
}

/** `-E` shows the environment of our own processes behind their command line. */
async function fromPs(entry: string): Promise<readonly number[]> {
  const listed = await run({ command: 'ps', args: ['-axEww', '-o', 'pid=,command='] });
  if (!listed.ok) return [];
  return listed.value.stdout.split('\n').flatMap((line) => (line.split(' ').includes(entry) ? [Number.parseInt(line, 10)] : []));
}
