import { type ForbiddenErrorsInput, judgeForbiddenErrors, type Observer } from '../../check/forbidden-errors/judge-forbidden-errors.ts';
import { judgePassedOver } from '../../check/forbidden-errors/passed-over.ts';
import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { RootCause } from '../../core/root-cause.ts';
import type { Seen } from '../recording/under-recorder.ts';
import { report } from '../run.ts';
import type { Applied } from './apply-pending.ts';
import type { Attempt } from './attempt.ts';

/**
 * Says which errors the statements of the migrations met that they must not meet. Nothing is said where the recorder was to look and did not start: then the
 * failure that stopped it is told.
 *
 * @returns what the migrations failed of, where such an error is what ended them
 */
export function tellForbidden(
  context: Context,
  { migrate, record }: Pick<Settings, 'migrate' | 'record'>,
  { statements }: Pick<Attempt, 'statements'>,
  seen: Seen | undefined,
  applied: Result<Applied>,
): RootCause | undefined {
  if (record.enabled && seen === undefined) return undefined;
  const observer: Observer = seen !== undefined ? 'recorder' : migrate.tool === 'command' ? 'nobody' : 'runner';
  const input: ForbiddenErrorsInput = {
    forbidden: migrate.forbiddenErrors,
    observer,
    statements: seen?.recording.statements ?? statements,
    failed: !applied.ok,
  };
  const outcome = judgePassedOver(judgeForbiddenErrors(input), input);
  report(context, outcome);
  // Errors that are met before the last one were passed over; the last one is what it failed of.
  const last = (seen?.recording.statements ?? statements).findLast(({ error }) => error !== undefined)?.error?.sqlstate;
  return applied.ok ? undefined : outcome.findings.find(({ sql }) => sql !== undefined && sql.sqlstate === last)?.rootCause;
}
