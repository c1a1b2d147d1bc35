import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationSettings } from '../config/schema.ts';
import type { Child, Context, Finished } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import { findLines, readLog } from './read-log.ts';
import type { SmokeScene } from './scene.ts';

/** The application under test, started; whether it is ready is another question. */
export interface StartedApplication {
  readonly origin: string;
  /** Set once it has ended by itself. */
  readonly ended: () => Finished | undefined;
  /** Resolves once it has ended, or after a few seconds. */
  readonly untilEnded: () => Promise<void>;
  /** Whether it is ready, or why it isn't: a clause. */
  readonly untilReady: () => Promise<'ready' | { readonly why: string }>;
  /** All that it has printed, the beginning cut off where it is very long. */
  readonly output: () => Promise<string>;
  /** Lines that one of these regular expressions matches, of all that it has printed. */
  readonly linesThatMatch: (patterns: readonly string[]) => Promise<readonly string[]>;
  /** Ends it and all that it started; gives the pids of those that stay. */
  readonly stop: () => Promise<readonly number[]>;
}

const lookEveryMs = 50;
/** How long a process that has cut its connections may take to be gone. */
const endingMs = 5_000;

/**
 * Starts the application on a free port, without a shell, its output in a file of the scene's folder. It and whatever it starts carry the scene's mark.
 * Fails with `command-not-found`.
 */
export async function startApplication(context: Context, scene: SmokeScene, settings: ApplicationSettings): Promise<Result<StartedApplication>> {
  const { system } = context.edge;
  const port = await system.freePort();
  const withPort = (text: string) => text.replaceAll(/\$\{PORT\}/g, String(port));
  const [command = '', ...args] = settings.start.map(withPort);
  const env = Object.fromEntries(Object.entries(settings.env).map(([name, value]) => [name, withPort(value)]));
  const logFile = join(scene.workFolder, 'application.log');
  const started = await system.startDetached({
    ...{ command, args, logFile, cwd: join(scene.folder, settings.cwd ?? '.') },
    ...scene.environment({ ...env, [settings.portVariable]: String(port) }),
  });
  if (!started.ok) return started;
  const child: Child = started.value;
  await scene.onStart(child);
  let ended: Finished | undefined;
  const exited = child.exited.then((end) => {
    ended = end;
  });
  const origin = `http://localhost:${port}`;
  return ok({
    origin,
    ended: () => ended,
    untilEnded: async () => await Promise.race([exited, sleep(endingMs, undefined, { signal: context.signal }).catch(() => {})]),
    untilReady: async () => {
      const until = performance.now() + settings.timeoutSeconds * 1000;
      while (performance.now() < until) {
        if (context.signal.aborted) return { why: 'was interrupted' };
        if (ended !== undefined) return { why: `ended with ${showEnd(ended)} before it was ready` };
        // An answer on this port is its own only while it lives: it may have left the port to somebody else.
        if ((await isReady(context, settings, { port, origin, logFile })) && ended === undefined) return 'ready';
        await Promise.race([exited, sleep(lookEveryMs)]);
      }
      return { why: `was not ready within ${settings.timeoutSeconds} s (application.timeoutSeconds)` };
    },
    output: () => readLog(logFile),
    linesThatMatch: (patterns) => findLines(logFile, patterns),
    stop: async () => {
      const signals = [settings.stopSignal, 'SIGKILL'] as const;
      // It may have been started with an emptied environment, by `env -i` or sudo: then it carries no mark.
      const [left, gone] = await Promise.all([system.endMarked(scene.mark, signals), system.endProcess(child.pid, child.startedAt, signals)]);
      // A timer has to be there: the child keeps nobody alive who waits for it, and a program without anything to wait for ends, with exit code 0.
      if (gone) await Promise.race([exited, sleep(endingMs)]);
      return gone ? left : [...new Set([...left, child.pid])];
    },
  });
}

interface Place {
  readonly port: number;
  readonly origin: string;
  readonly logFile: string;
}

async function isReady({ edge, signal }: Context, { readyWhen }: ApplicationSettings, { port, origin, logFile }: Place): Promise<boolean> {
  if (readyWhen === 'port') return await edge.web.accepts(port);
  if ('prints' in readyWhen) return new RegExp(readyWhen.prints, 'mu').test(await readLog(logFile));
  // One that is slow while it gets ready is asked again, and not held for broken.
  const asked = await edge.web.request({ method: 'GET', url: `${origin}${readyWhen.http}`, timeoutMs: 5_000, signal });
  return asked.ok && asked.answer.status >= 200 && asked.answer.status < 400;
}

/** @example 'exit code 1' */
export function showEnd({ exitCode, signal }: Pick<Finished, 'exitCode' | 'signal'>): string {
  return exitCode === null ? `signal ${signal}` : `exit code ${exitCode}`;
}
