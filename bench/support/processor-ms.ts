import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts the time of processes in hundredths of a second for whoever reads it. */
const TICK_MS = 10;

/** Milliseconds of processors that this process has used, and a server with all the processes that it ever started. Without /proc: this process alone. */
export function processorMs(serverPid: number | undefined): number {
  const { user, system } = process.cpuUsage();
  let ticks = 0;
  for (const pid of list()) {
    const [, parent, times] = readStat(pid) ?? [];
    if (times !== undefined && (Number(pid) === serverPid || parent === serverPid)) ticks += times;
  }
  return (user + system) / 1_000 + ticks * TICK_MS;
}

function list(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** State, parent, and ticks in user and system mode, those of ended children included (proc_pid_stat(5)). */
function readStat(pid: string): readonly [string, number, number] | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return [fields[0] ?? '', Number(fields[1]), fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)];
  } catch {
    return undefined;
  }
}
