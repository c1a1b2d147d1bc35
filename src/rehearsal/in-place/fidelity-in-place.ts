import { conclude } from '../../check/conclude.ts';
import { judgeFidelityLosses } from '../../check/fidelity-losses/judge-fidelity-losses.ts';
import type { Content } from '../../check/preservation/content.ts';
import type { Settings } from '../../config/schema.ts';
import { countRows } from '../../copy/parity/count-rows.ts';
import { hashColumns } from '../../copy/parity/hash-tables.ts';
import type { TableColumnHashes, TableCount } from '../../core/data.ts';
import { SqlError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { readContent } from '../comparing/judge-content.ts';
import type { Provided } from '../phases/provision.ts';
import { goOn, type PhaseReport, type Run, report, stop } from '../run.ts';

const gates = ['row-parity', 'roles-fidelity', 'schema-fidelity'];

/**
 * In place the clone is production's own copy, made by the cloud from its files: there is no second one to compare it with, and a comparison with itself could not
 * fail. So these gates don't apply, and count for nothing. What was done to it on purpose, and what couldn't be, is told and judged.
 *
 * @returns what every column holds before it is migrated; undefined where nobody wants to know
 */
export async function fidelityInPlace(
  context: Context,
  run: Run,
  { settings }: { readonly settings: Settings },
  provided: Provided,
): Promise<PhaseReport<Content | undefined>> {
  const { clone, image, report: copy } = provided;
  const { preservation } = settings.data;
  const startedAt = performance.now();
  const sample = typeof preservation === 'object' ? preservation.sample : undefined;
  const read = await readRows(context, provided, preservation !== 'off', sample);
  if (!read.ok) return stop(read.failure);
  const { hashed, counts } = read.value;
  context.emit({ type: 'counted', moment: 'clone', counts: counts.map(({ schema, table, rows }) => ({ schema, table, rows })) });
  for (const gate of gates) {
    const summary = `In place there is nothing to compare: ${image.id} is the copy of production itself.`;
    report(
      context,
      conclude({
        gate,
        phase: 'fidelity',
        required: false,
        couldFail: false,
        proof: 'nothing was copied',
        summary,
        notApplicable: true,
        findings: [],
        startedAt,
      }),
    );
  }
  if (copy.losses.length > 0) report(context, judgeFidelityLosses({ losses: copy.losses, accepted: settings.clone.acceptLosses, restored: counts.length }));
  const held = preservation === 'off' ? undefined : await readContent(context, clone.admin, hashed, sample);
  const outcome = run.outcomeOf('fidelity');
  if (outcome === 'passed' || outcome === 'not-applicable')
    return goOn(held, outcome, `${image.id} is production’s copy itself, of ${image.dataAsOf}; nothing was compared.`);
  return {
    go: false,
    outcome: outcome === 'failed' ? outcome : 'inconclusive',
    summary: 'The copy of production can still reach other servers, or lacks something: nothing was run on it.',
  };
}

interface Rows {
  /** Absent where nobody wants to know. */
  readonly hashed: readonly TableColumnHashes[] | undefined;
  readonly counts: readonly TableCount[];
}

/** The master is no superuser: rows that a policy hides from it are a matter of its rights, not of a check. */
async function readRows(context: Context, { clone, facts }: Provided, isHashed: boolean, sample: number | undefined): Promise<Result<Rows>> {
  try {
    const hashed = isHashed ? await hashColumns(context, clone.admin, { sample: sample === undefined ? undefined : { percent: sample } }) : undefined;
    const counts = hashed === undefined || sample !== undefined ? await countRows(context, clone.admin, { materializedViews: false }) : hashed;
    return ok({ hashed, counts });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(sourceFailure(error, facts.label, 'reading its tables'));
  }
}
