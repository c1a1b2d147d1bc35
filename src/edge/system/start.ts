import type { Child, Finished, RunRequest } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { collectLines } from './collect-lines.ts';
import { processIdentity } from './process-identity.ts';
import { signalGroup, spawnChild } from './spawn-child.ts';

/** Starts a program that works beside us until somebody ends it. It has a process group of its own, so that Ctrl-C in our terminal doesn't reach it. */
export async function start(request: Omit<RunRequest, 'input' | 'timeoutMs' | 'signal'>): Promise<Result<Child>> {
  const startedAt = performance.now();
  const started = await spawnChild(request, ['ignore', 'pipe', 'pipe']);
  if (!started.ok) return started;
  const child = started.value;
  const pid = child.pid as number;
  const stdout = collectLines(child.stdout, request.onLine && ((line) => request.onLine?.('stdout', line)));
  const stderr = collectLines(child.stderr, request.onLine && ((line) => request.onLine?.('stderr', line)));
  const exited = Promise.withResolvers<Finished>();
  const end = (exitCode: number | null, signal: string | null) =>
    exited.resolve({ exitCode, signal, stdout: stdout(), stderr: stderr(), durationMs: performance.now() - startedAt });
  // `close` comes after its last words; what it left running may keep its pipes open for ever, and says nothing of it.
  child.once('close', end);
  child.once('exit', (exitCode, signal) => setTimeout(() => end(exitCode, signal), lastWordsMs).unref());
  const identity = processIdentity(pid);
  return ok({ pid, startedAt: identity?.startedAt ?? '', exited: exited.promise, kill: (signal) => signalGroup(child, signal) });
}

/** Milliseconds. */
const lastWordsMs = 1_000;
