// The folder in which everything is that one run of the tests makes, so that all of it can go, whatever death the run died. Plain JavaScript: a guard that
// outlives the runner has to start at once.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const guardFile = 'guard.json';

/** Says who looks after a folder: nobody else may clear it while that process lives. */
export function ownRoot(root) {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, guardFile), JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) }));
}

/** Clears the folders beside this one whose guards are gone too, as after a power cut. */
export function clearForgotten(root) {
  const beside = dirname(root);
  const kind = basename(root).replace(/[^-]*$/, '');
  for (const name of readdirSync(beside).filter((each) => each.startsWith(kind))) {
    const other = join(beside, name);
    if (other !== root && isForgotten(other)) clearRoot(other);
  }
}

function isForgotten(root) {
  try {
    if (statSync(root).uid !== process.getuid?.()) return false;
    const { pid, startedAt } = JSON.parse(readFileSync(join(root, guardFile), 'utf8'));
    return startOf(pid) !== startedAt;
  } catch {
    // Perhaps it is just being made.
    return Date.now() - (statSync(root, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 600_000;
  }
}

/** Ends every process that works in the folder or was told it, unmounts what is mounted there, and removes it. */
export function clearRoot(root) {
  // A server tidies up after SIGQUIT, and not after SIGKILL.
  for (const signal of ['SIGQUIT', 'SIGKILL']) {
    for (const pid of processesIn(root)) end(pid, signal);
    for (let look = 0; look < 200 && processesIn(root).length > 0; look++) sleep(50);
  }
  // Twice: what a process made in its last moment goes too.
  for (let round = 0; round < 2; round++) {
    for (const folder of mountsIn(root)) spawnSync('umount', ['--lazy', folder]);
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function processesIn(root) {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8', maxBuffer: 1e8 }).split('\n');
  const found = lines.filter((line) => line.includes(root) || worksIn(Number.parseInt(line, 10), root));
  return found.map((line) => Number.parseInt(line, 10)).filter((pid) => pid !== process.pid);
}

function worksIn(pid, root) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(root);
  } catch {
    return false;
  }
}

/** The innermost first. */
function mountsIn(root) {
  try {
    const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
    return lines
      .map((line) => line.split(' ')[1] ?? '')
      .filter((folder) => folder.startsWith(`${root}/`))
      .reverse();
  } catch {
    return [];
  }
}

function end(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone, or somebody else's.
  }
}

/** What, with its pid, names a process, also when pids are used again; empty when there is none. */
function startOf(pid) {
  try {
    // The 22nd field; the second one is a name in brackets, with anything in it.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    if (process.platform === 'linux') return '';
  }
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}
