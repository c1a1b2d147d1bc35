import { runInvariant } from '../../check/invariant/run-invariant.ts';
import { judgeMaskedConstraints } from '../../check/masked-constraints/judge-masked-constraints.ts';
import type { Content } from '../../check/preservation/content.ts';
import { judgeRowBounds } from '../../check/row-bounds/judge-row-bounds.ts';
import { weakenBounds } from '../../check/row-bounds/weaken-bounds.ts';
import type { HostedImage } from '../../core/clone-host.ts';
import { countOf } from '../../core/count-of.ts';
import { FailureError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { readContentMarks } from '../../migrate/content-marks.ts';
import type { Lineage } from '../../migrate/lineage.ts';
import { cloneForRun } from '../clone-for-run.ts';
import type { AsBefore } from '../comparing/ask-same-rows.ts';
import { judgeContent } from '../comparing/judge-content.ts';
import { runPgTap } from '../pg-tap/run-pg-tap.ts';
import type { RehearseRequest } from '../request.ts';
import { judgeAfter } from '../required-tables.ts';
import { goOn, type PhaseReport, type Run, report, stop } from '../run.ts';
import type { Migrated } from './migrate.ts';
import type { Provided } from './provision.ts';

/**
 * Did data change only where the migrations say so, and does what must hold still hold?
 *
 * @param content what every column held before; undefined where nobody wants to know
 */
export async function dataGate(
  context: Context,
  run: Run,
  { settings, folder }: RehearseRequest,
  { image }: Provided,
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
    const moments = { role: migrated.migrator.role, content, declared, before, after, asBefore: onSpareClone(context, run, image) };
    report(context, await judgeContent(context, clone.admin, settings, moments));
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

/** In place, another clone would be another server: what only that could show is left open. */
function onSpareClone(context: Context, run: Run, image: HostedImage): AsBefore {
  return async (use) => {
    if (image.inPlace === true) return false;
    const started = await cloneForRun(context, run, image, 'clone as before migrating');
    if (!started.ok) throw new FailureError(started.failure);
    await using clone = started.value;
    await use(clone.admin);
    return true;
  };
}
