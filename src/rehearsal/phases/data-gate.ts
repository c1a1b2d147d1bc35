import { runInvariant } from '../../check/invariant/run-invariant.ts';
import { judgeRowBounds } from '../../check/row-bounds/judge-row-bounds.ts';
import type { Context } from '../../core/ports.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, type PhaseReport, type Run, report } from '../run.ts';
import type { Migrated } from './migrate.ts';

/** Did data change only where the migrations say so, and does what must hold still hold? */
export async function dataGate(context: Context, run: Run, { settings }: RehearseRequest, migrated: Migrated): Promise<PhaseReport<void>> {
  const { bounds, before, after, statements, clone } = migrated;
  const { undeclared, invariants } = settings.data;
  const ledger = settings.migrate.ledger?.table;
  report(context, judgeRowBounds({ bounds, before, after, undeclared, statements, ...(ledger === undefined ? {} : { ledger }) }));
  for (const invariant of invariants) report(context, await runInvariant(context, clone.admin, invariant));
  const outcome = run.outcomeOf('data-gate');
  return goOn(undefined, outcome, `${bounds.length} tables with declared bounds, ${invariants.length} invariants.`);
}
