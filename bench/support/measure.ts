import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  readonly seconds: number;
  /** CPU seconds of the program with its children, and of the servers. */
  readonly cpuSeconds: number;
  /** The highest resident memory of the program itself, and of any one of its processes. */
  readonly ownPeakBytes: number;
  readonly peakBytes: number;
  readonly output: string;
}

const ticksPerSecond = 100;
const pollMs = 40;

/**
 * Runs commands one after the other and measures them as one. Memory is the kernel's high-water mark (VmHWM) of each process, read many times a
 * second; servers' CPU time is what their postmasters have summed up of their ended backends.
 *
 * @param servers pids of postmasters.
 */
export async function measure(commands: readonly (readonly string[])[], servers: readonly number[], env: NodeJS.ProcessEnv = process.env): Promise<Measured> {
  const before = cpuOf(servers);
  const each = servers.map((pid) => cpuOf([pid]));
  let cpuSeconds = 0;
  let ownPeakBytes = 0;
  let peakBytes = 0;
  let output = '';
  const startedAt = performance.now();
  for (const [command = '', ...args] of commands) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const pid = child.pid ?? 0;
    // Each process's own time as last seen: a parent that doesn't wait for its children knows nothing of theirs.
    const times = new Map<number, number>();
    const look = () => {
      ownPeakBytes = Math.max(ownPeakBytes, highWaterMark(pid));
      for (const one of [pid, ...descendants(pid)]) {
        peakBytes = Math.max(peakBytes, highWaterMark(one));
        times.set(one, Math.max(times.get(one) ?? 0, cpuOf([one], [11, 12])));
      }
    };
    const timer = setInterval(look, pollMs);
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-4000);
    });
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    clearInterval(timer);
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${errors}`);
    for (const time of times.values()) cpuSeconds += time;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  // A backend's time counts once its postmaster has seen it end.
  await new Promise((resolve) => setTimeout(resolve, 200));
  if (process.env.BENCH_CPU !== undefined)
    process.stderr.write(
      `programs ${cpuSeconds.toFixed(2)} s, servers ${servers.map((pid, place) => (cpuOf([pid]) - (each[place] ?? 0)).toFixed(2)).join(' + ')} s\n`,
    );
  return { seconds, cpuSeconds: cpuSeconds + cpuOf(servers) - before, ownPeakBytes, peakBytes, output };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** user + system; unless told otherwise with those of children that were waited for. */
function cpuOf(pids: readonly number[], places: readonly number[] = [11, 12, 13, 14]): number {
  let ticks = 0;
  for (const pid of pids) {
    const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
    for (const place of places) ticks += Number(fields[place] ?? 0);
  }
  return ticks / ticksPerSecond;
}

function highWaterMark(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** Children as the kernel lists them (CONFIG_PROC_CHILDREN), thread by thread. To look at all processes took a seventh of a core from what is measured. */
function descendants(root: number): readonly number[] {
  const children = threads(root).flatMap((thread) => read(`/proc/${root}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function threads(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
