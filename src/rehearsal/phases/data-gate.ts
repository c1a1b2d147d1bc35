import { runInvariant } from '../../check/invariant/run-invariant.ts';
import { judgeMaskedConstraints } from '../../check/masked-constraints/judge-masked-constraints.ts';
import type { Content } from '../../check/preservation/content.ts';
import { judgeRowBounds } from '../../check/row-bounds/judge-row-bounds.ts';
import { weakenBounds } from '../../check/row-bounds/weaken-bounds.ts';
import { countOf } from '../../core/count-of.ts';
import type { Context } from '../../core/ports.ts';
import { readContentMarks } from '../../migrate/content-marks.ts';
import type { Lineage } from '../../migrate/lineage.ts';
import { judgeContent } from '../comparing/judge-content.ts';
import { runPgTap } from '../pg-tap/run-pg-tap.ts';
import type { RehearseRequest } from '../request.ts';
import { judgeAfter } from '../required-tables.ts';
import { goOn, type PhaseReport, type Run, report, stop } from '../run.ts';
import type { Migrated } from './migrate.ts';

/**
 * Did data change only where the migrations say so, and does what must hold still hold?
 *
 * @param content what every column held before; undefined where nobody wants to know
 */
export async function dataGate(
  context: Context,
  run: Run,
  { settings, folder }: RehearseRequest,
  migrated: Migrated,
  content: Content | undefined,
  { pending }: Lineage,
): Promise<PhaseReport<void>> {
  const { bounds, before, after, statements, clone, masked } = migrated;
  const { undeclared, massChange, preservation, invariants } = settings.data;
  // Of migrations that are applied already a declaration says nothing any more; which are is not known where only the tool knows it.
  const marks = readContentMarks(pending);
  const declared = marks.ok ? marks.value : [];
  const contentChanges = [...settings.data.contentChanges, ...declared];
  const ledger = settings.migrate.ledger?.table;
  const rows = judgeRowBounds({
    bounds,
    before,
    after,
    undeclared,
    massChange,
    contentChanges,
    // A sample may hold no row of what was dropped.
    preservation: preservation === 'exact' ? 'exact' : 'off',
    statements,
    watched: migrated.watched,
    ...(ledger === undefined ? {} : { ledger }),
  });
  report(context, weakenBounds(rows, bounds, [...masked.before.attributes, ...masked.after.attributes]));
  if (content !== undefined) {
    report(context, await judgeContent(context, clone.admin, settings, { role: migrated.migrator.role, content, declared, before, after }));
  }
  for (const invariant of invariants) {
    report(context, await runInvariant(context, clone.admin, invariant, masked.after.attributes));
  }
  for (const outcome of await runPgTap(context, clone.admin, settings.data.pgTap, folder, masked.after.attributes.length)) report(context, outcome);
  const required = await judgeAfter(context, clone.admin, settings, migrated.required);
  if (!required.ok) return stop(required.failure);
  if (required.value !== undefined) report(context, required.value);
  const doubtful = judgeMaskedConstraints(masked.before, masked.after);
  if (doubtful !== undefined) report(context, doubtful);
  const outcome = run.outcomeOf('data-gate');
  return goOn(
    undefined,
    outcome,
    `${countOf(bounds.length, 'table')} with declared bounds, ${countOf(invariants.length, 'invariant')}, ${countOf(settings.data.requiredTables.length, 'required table')}.`,
  );
}
