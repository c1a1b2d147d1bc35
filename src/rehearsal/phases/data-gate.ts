import { columnsRead } from '../../check/invariant/columns-read.ts';
import { runInvariant } from '../../check/invariant/run-invariant.ts';
import { weakenByMasking } from '../../check/invariant/weaken-by-masking.ts';
import { judgeMaskedConstraints } from '../../check/masked-constraints/judge-masked-constraints.ts';
import type { Content } from '../../check/preservation/content.ts';
import { judgeRowBounds } from '../../check/row-bounds/judge-row-bounds.ts';
import { weakenBounds } from '../../check/row-bounds/weaken-bounds.ts';
import type { Invariant } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import { judgeContent } from '../judge-content.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, type PhaseReport, type Run, report } from '../run.ts';
import { withSession } from '../with-session.ts';
import type { Migrated } from './migrate.ts';

/**
 * Did data change only where the migrations say so, and does what must hold still hold?
 *
 * @param content what every column held before; undefined where nobody wants to know
 */
export async function dataGate(
  context: Context,
  run: Run,
  { settings }: RehearseRequest,
  migrated: Migrated,
  content: Content | undefined,
): Promise<PhaseReport<void>> {
  const { bounds, before, after, statements, clone, masked } = migrated;
  const { undeclared, invariants } = settings.data;
  const ledger = settings.migrate.ledger?.table;
  const rows = judgeRowBounds({ bounds, before, after, undeclared, statements, ...(ledger === undefined ? {} : { ledger }) });
  report(context, weakenBounds(rows, bounds, [...masked.before.attributes, ...masked.after.attributes]));
  if (content !== undefined) {
    report(context, await judgeContent(context, clone.admin, settings, { role: migrated.migrator.role, content, before, after }));
  }
  for (const invariant of invariants) {
    const outcome = await runInvariant(context, clone.admin, invariant);
    report(context, masked.after.attributes.length === 0 ? outcome : await weakened(context, migrated, invariant, outcome));
  }
  const doubtful = judgeMaskedConstraints(masked.before, masked.after);
  if (doubtful !== undefined) report(context, doubtful);
  const outcome = run.outcomeOf('data-gate');
  return goOn(undefined, outcome, `${bounds.length} tables with declared bounds, ${invariants.length} invariants.`);
}

async function weakened(context: Context, { clone, masked }: Migrated, invariant: Invariant, outcome: CheckOutcome): Promise<CheckOutcome> {
  const reads = await withSession(context, clone.admin, async (session) => ok(await columnsRead(session, invariant)));
  return weakenByMasking(outcome, reads.ok ? reads.value : undefined, masked.after.attributes);
}
