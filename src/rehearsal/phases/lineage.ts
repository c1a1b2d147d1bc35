import { type Failure, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { readContentMarks } from '../../migrate/content-marks.ts';
import { type Lineage, readLineage } from '../../migrate/lineage.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, type PhaseReport, stop } from '../run.ts';
import { withSession } from '../with-session.ts';
import type { Provided } from './provision.ts';

/** Which migrations does production have, and which are to come? */
export async function lineage(context: Context, { settings }: RehearseRequest, { clone, migrations }: Provided): Promise<PhaseReport<Lineage>> {
  const read = await withSession(context, clone.admin, (session) => readLineage(session, settings.migrate, migrations));
  if (!read.ok) return stop(read.failure);
  const line = read.value;
  const { applied, pending, unknown } = line;
  context.emit({ type: 'lineage-read', applied, pending: pending.map(({ revision, file, sha256 }) => ({ revision, file, sha256 })), unknown });
  const problem = problemOf(line);
  if (problem !== undefined) return stop(problem);
  if (line.from === 'unknown' || line.from === 'head-only') return goOn(line, 'not-applicable', 'Only the migration tool itself knows what is pending.');
  if (pending.length === 0) {
    return stop(failure('nothing-pending', `All ${applied.length} migrations of the repo are applied in production: there is nothing to rehearse.`));
  }
  const marks = readContentMarks(pending);
  if (!marks.ok) return stop(marks.failure);
  const late = line.outOfOrder.length === 0 ? '' : ` Older than one that is applied: ${line.outOfOrder.join(', ')}.`;
  return goOn(line, 'passed', `${applied.length} applied, ${pending.length} pending: ${pending.map(({ revision }) => revision).join(', ')}.${late}`);
}

function problemOf({ unknown, edited, unfinished, refusals }: Lineage): Failure | undefined {
  const [stranger] = unknown;
  if (stranger !== undefined)
    return failure('lineage-unknown-revision', `Production has ${unknown.join(', ')}, which the repo doesn’t have.`, { object: stranger });
  const [changed] = edited;
  if (changed !== undefined) return failure('history-edited', `Edited after it ran in production: ${edited.join(', ')}.`, { object: changed });
  const [begun] = unfinished;
  if (begun !== undefined)
    return failure('migration-unfinished', `Production’s ledger says that ${unfinished.join(', ')} began and never ended.`, { object: begun });
  return refusals[0];
}
