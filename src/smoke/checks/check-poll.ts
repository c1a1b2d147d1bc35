import { setTimeout as sleep } from 'node:timers/promises';
import type { SmokeCheck } from '../../config/schema.ts';
import { type Failure, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { lastLines } from '../read-log.ts';
import type { Asking } from '../scene.ts';
import { type Observation, unfulfilled } from '../unfulfilled.ts';
import type { Answered } from './answered.ts';
import { askHttp } from './ask-http.ts';
import { runProgram } from './check-command.ts';
import { checkHttp } from './check-http.ts';

type PollCheck = Extract<SmokeCheck, { kind: 'poll' }>;

/** A program that hangs while it is asked takes the rest of the time, at least this long. */
const leastPatienceMs = 1_000;

/** Sets something going and asks until it has come to the state that means success, to one that means failure, or the time is over. */
export async function checkPoll(context: Context, asking: Asking, check: PollCheck): Promise<Answered> {
  const failsBy = `${check.failWhen === undefined ? '' : 'the state in failWhen, or '}no success within ${check.timeoutSeconds} s`;
  const triggered = await trigger(context, asking, check);
  if (triggered !== undefined) return { ...triggered, failsBy };
  const asker = await askerOf(context, asking, check);
  if (!asker.ok) return { outcome: 'unknown', said: asker.failure.message, failsBy, cure: asker.failure.cure };
  await using open = asker.value;
  const ownSessions = open.ownSessions;
  const until = performance.now() + check.timeoutSeconds * 1000;
  let last: Observation | undefined;
  let trouble: string | undefined;
  for (let asked = 1; ; asked++) {
    const seen = await open.ask(until);
    if (context.signal.aborted) return { outcome: 'unknown', said: 'was interrupted', failsBy, ownSessions };
    if (seen.ok) {
      last = seen.value;
      trouble = undefined;
      if (unfulfilled(last, check.until).length === 0) return { outcome: 'works', said: `reached its state at question ${asked}`, failsBy, ownSessions };
      if (check.failWhen !== undefined && unfulfilled(last, check.failWhen).length === 0)
        return { outcome: 'broken', said: `came to the state in failWhen at question ${asked}`, failsBy, ownSessions, ...detailOf(last) };
    } else trouble = seen.failure.message;
    if (performance.now() + check.everySeconds * 1000 > until) break;
    await sleep(check.everySeconds * 1000, undefined, { signal: context.signal }).catch(() => {});
  }
  // What could never be asked says nothing of the application; one that answered and didn't get there does.
  const outcome = last === undefined && !('http' in check.ask) ? 'unknown' : 'broken';
  const missing = last === undefined ? (trouble ?? 'nothing was answered') : unfulfilled(last, check.until).join('; ');
  return { outcome, said: `did not reach its state within ${check.timeoutSeconds} s: ${missing}`, failsBy, ownSessions, ...detailOf(last) };
}

async function trigger(context: Context, asking: Asking, { trigger: wanted, timeoutSeconds }: PollCheck): Promise<Omit<Answered, 'failsBy'> | undefined> {
  if (wanted === undefined) return undefined;
  if ('http' in wanted) {
    const sent = await checkHttp(context, asking, wanted.http);
    return sent.outcome === 'works' ? undefined : { ...sent, said: `could not be set going: ${sent.said}` };
  }
  const ran = await runProgram(context, asking, wanted.command, { env: {}, timeoutMs: timeoutSeconds * 1000 });
  if (!ran.ok) return { outcome: 'unknown', said: ran.failure.message, cure: ran.failure.cure };
  if (ran.value.exitCode === 0) return undefined;
  return {
    outcome: 'broken',
    said: `could not be set going: ${wanted.command.join(' ')} ended with ${ran.value.exitCode ?? ran.value.signal}`,
    detail: lastLines(ran.value.output),
  };
}

interface Asker extends AsyncDisposable {
  readonly ownSessions: number;
  ask(until: number): Promise<Result<Observation>>;
}

async function askerOf(context: Context, asking: Asking, { ask }: PollCheck): Promise<Result<Asker>> {
  const nothing = { ownSessions: 0, [Symbol.asyncDispose]: async () => {} };
  if ('sql' in ask) return await sqlAsker(context, asking, ask.sql);
  if ('command' in ask) {
    return ok({
      ...nothing,
      ask: async (until) => {
        const timeoutMs = Math.max(leastPatienceMs, until - performance.now());
        const ran = await runProgram(context, asking, ask.command, { env: {}, timeoutMs, quiet: true });
        return ran.ok ? ok({ status: ran.value.exitCode ?? undefined, text: ran.value.output }) : ran;
      },
    });
  }
  return ok({
    ...nothing,
    ask: async () => {
      const asked = await askHttp(context, asking, ask.http);
      if (!asked.ok) return asked;
      if ('none' in asked.value) return fail(silence(asked.value.none.message));
      const { status, body, headers } = asked.value.answer;
      return ok({ status, text: body, headers });
    },
  });
}

function silence(message: string): Failure {
  return { code: 'check-failed', rootCause: 'compatibility', message: `it was not answered: ${message}`, cure: '' };
}

/** One session for all questions, as the application's role, told apart from the application's own by its name. */
async function sqlAsker(context: Context, { login }: Asking, sql: string): Promise<Result<Asker>> {
  const connected = await context.edge.postgres.connect(login, { applicationName: 'pgrehearse', signal: context.signal });
  if (!connected.ok) return connected;
  const session: Session = connected.value;
  return ok({
    ownSessions: 1,
    ask: async () => {
      try {
        const rows = await session.query<Record<string, unknown>>(sql);
        const [value] = Object.values(rows[0] ?? {});
        return ok({ text: value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value), json: rows });
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        return fail({
          code: 'check-failed' as const,
          rootCause: 'compatibility' as const,
          message: error.message,
          cure: 'Correct the query.',
          sql: error.fields,
        });
      }
    },
    [Symbol.asyncDispose]: () => session.close(),
  });
}

function detailOf(last: Observation | undefined): { readonly detail?: string } {
  const text = last === undefined ? '' : lastLines(last.text);
  return text === '' ? {} : { detail: `The last answer:\n${text}` };
}
