import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finished, RunRequest } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { collectLines } from './collect-lines.ts';
import { signalGroup, spawnChild } from './spawn-child.ts';

/** How long a child may take to end after SIGTERM before SIGKILL. */
const GRACE_MS = 5_000;
/** How long output is waited for after a child's end, when something that it left running keeps the pipe open. */
const PIPE_MS = 1_000;

/** Runs a program to its end. On abort or timeout it and all that it started are ended. */
export async function run(request: RunRequest): Promise<Result<Finished>> {
  const startedAt = performance.now();
  const started = await spawnChild(request, [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']);
  if (!started.ok) return started;
  const child = started.value;
  const stdout = collectLines(child.stdout, request.onLine && ((line) => request.onLine?.('stdout', line)));
  const stderr = collectLines(child.stderr, request.onLine && ((line) => request.onLine?.('stderr', line)));
  const end = await untilEnd(child, request);
  return ok({ ...end, stdout: stdout(), stderr: stderr(), durationMs: performance.now() - startedAt });
}

/** As `run`, but stdout is handed over as a stream. `finished` resolves whether or not stdout was read. */
export async function stream(request: RunRequest): Promise<Result<{ readonly stdout: Readable; readonly finished: Promise<Finished> }>> {
  const startedAt = performance.now();
  const started = await spawnChild(request, [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']);
  if (!started.ok) return started;
  const child = started.value;
  const stderr = collectLines(child.stderr, request.onLine && ((line) => request.onLine?.('stderr', line)));
  const stdout = child.stdout as Readable;
  const finished = untilEnd(child, request, 'keep-stdout').then((end) => ({
    ...end,
    stdout: '',
    stderr: stderr(),
    durationMs: performance.now() - startedAt,
  }));
  return ok({ stdout, finished });
}

async function untilEnd(child: ChildProcess, request: RunRequest, keep?: 'keep-stdout'): Promise<Pick<Finished, 'exitCode' | 'signal'>> {
  const exit = Promise.withResolvers<Pick<Finished, 'exitCode' | 'signal'>>();
  child.once('exit', (exitCode, signal) => exit.resolve({ exitCode, signal }));
  const pipes = (keep === undefined ? [child.stdout, child.stderr] : [child.stderr]).filter((pipe) => pipe !== null);
  const piped = Promise.all(pipes.map((pipe) => new Promise((resolve) => pipe.once('close', resolve))));
  if (request.input !== undefined) {
    // A child that doesn't read its input to the end is its own affair.
    child.stdin?.on('error', () => {});
    child.stdin?.end(request.input);
  }
  let killer: NodeJS.Timeout | undefined;
  const end = () => {
    signalGroup(child, 'SIGTERM');
    killer ??= setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  };
  const timer = request.timeoutMs === undefined ? undefined : setTimeout(end, request.timeoutMs);
  request.signal?.addEventListener('abort', end, { once: true });
  if (request.signal?.aborted) end();
  try {
    const result = await exit.promise;
    // What was ended from outside takes along what it started and left behind.
    if (killer !== undefined) signalGroup(child, 'SIGKILL');
    await Promise.race([piped, sleep(PIPE_MS, undefined, { ref: false })]);
    for (const pipe of pipes) pipe.destroy();
    return result;
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    request.signal?.removeEventListener('abort', end);
  }
}
