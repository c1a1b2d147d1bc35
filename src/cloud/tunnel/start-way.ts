import { type Failure, failure } from '../../core/failure.ts';
import type { FailureCode } from '../../core/failure-catalogue.ts';
import { type Context, type RunRequest, resourceVariable } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Way } from './endpoint.ts';

/** What one line of a tunnel's program means to us; most mean nothing. */
export type LineMeaning = 'listening' | Failure | undefined;

/** What befalls one connection; the program goes on. */
const ofOneConnection: readonly FailureCode[] = ['tunnel-destination-refused', 'ssh-forwarding-denied'];

export interface WayProgram {
  readonly request: Pick<RunRequest, 'command' | 'args' | 'env' | 'inheritEnvironment' | 'withoutVariable'>;
  readonly port: number;
  readonly openMs: number;
  readonly read: (line: string) => LineMeaning;
}

/**
 * Starts the program of a way and waits until it says that it listens. Nothing is connected to before: while it doesn't, its port may be somebody else's.
 * Fails with the last problem that it named, or with `tunnel-timed-out`.
 */
export async function startWay(context: Context, resource: Resource, { request, port, openMs, read }: WayProgram, signal: AbortSignal): Promise<Result<Way>> {
  const { system } = context.edge;
  const listening = Promise.withResolvers<'listening'>();
  let problem: Failure | undefined;
  let lastLine = '';
  const started = await system.start({
    ...request,
    env: { ...request.env, [resourceVariable]: resource.id },
    onLine: (_, line) => {
      const meaning = read(line);
      if (meaning === 'listening') listening.resolve(meaning);
      // The first line of several about the same thing tells most.
      else if (meaning !== undefined) problem = problem?.code === meaning.code ? problem : meaning;
      else if (line.trim() !== '' && !line.startsWith('debug')) lastLine = line.trim();
    },
  });
  if (!started.ok) return started;
  const child = started.value;
  // By its mark it is found in any case; pid and start time also find it where a system hides environments.
  await context.ledger.amend(resource.id, { facts: { pid: child.pid, processStartedAt: child.startedAt } });
  const over = child.exited.then(({ exitCode, signal: by }): Failure => {
    const end = exitCode === null ? `was ended by ${by}` : `ended with exit code ${exitCode}`;
    if (problem !== undefined && !ofOneConnection.includes(problem.code)) return problem;
    return failure('tunnel-lost', `${request.command} ${end}${lastLine === '' ? '' : `: ${lastLine}`}`, { object: request.command });
  });
  const early = await firstOf({ listening: listening.promise, over }, openMs, signal);
  if (early === 'listening') return ok({ port, child, over, problem: () => problem });
  child.kill('SIGKILL');
  if (early === 'aborted') return fail(failure('interrupted', 'The run was interrupted while the tunnel was opened.'));
  if (early !== 'late') return fail(early);
  if (problem !== undefined) return fail(problem);
  // The plugin says nothing of it, and stays.
  if (!(await system.isPortFree(port))) return fail(failure('tunnel-port-taken', `another program has taken port ${port} of 127.0.0.1`));
  return fail(failure('tunnel-timed-out', `${request.command} didn’t begin to listen within ${openMs / 1000} s`, { object: request.command }));
}

async function firstOf(
  { listening, over }: { readonly listening: Promise<'listening'>; readonly over: Promise<Failure> },
  ms: number,
  signal: AbortSignal,
): Promise<'listening' | Failure | 'late' | 'aborted'> {
  const done = new AbortController();
  const late = new Promise<'late' | 'aborted'>((resolve) => {
    const timer = setTimeout(() => resolve('late'), ms);
    const onAbort = () => resolve('aborted');
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    done.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    });
  });
  try {
    return await Promise.race([listening, over, late]);
  } finally {
    done.abort();
  }
}
