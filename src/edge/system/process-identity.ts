import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  /** Names this process even after its pid is reused, also across a restart of the machine. */
  readonly startedAt: string;
  /** Ended, and only waiting for its parent to take note. */
  readonly zombie: boolean;
}

/** What identifies a process, or undefined when there is none of this pid. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** The kernel counts a start time in clock ticks since boot: exact, and untouched by changes of the clock, unlike a date made from it. */
function fromProc(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name stands in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // Fields are counted from 1 in proc(5): 3 is the state, 22 the start time.
    return { startedAt: `boot ${boot} tick ${fields[19]}`, zombie: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): ProcessIdentity | undefined {
  try {
    const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' };
    const [state = '', ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env, encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return start.length === 0 ? undefined : { startedAt: start.join(' '), zombie: state.startsWith('Z') };
  } catch {
    return undefined;
  }
}
