import { judgeLeftovers } from '../../check/leftovers/judge-leftovers.ts';
import { type MaskedState, readMaskedStateAgain } from '../../check/masked-constraints/read-masked-state.ts';
import type { FoundObjects } from '../../check/required-objects/read-objects.ts';
import type { TableProbe } from '../../check/required-tables/probe-table.ts';
import type { EvaluatedBound } from '../../check/row-bounds/evaluate-bounds.ts';
import { countsOf, type RowVolumes } from '../../check/row-bounds/read-row-volumes.ts';
import type { WatchedMigrations } from '../../check/row-bounds/scoped-bounds.ts';
import type { Settings } from '../../config/schema.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import { countOf } from '../../core/count-of.ts';
import type { StatementRecord } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { Migrator } from '../../migrate/migrator.ts';
import { goOn, type PhaseReport, type Run, report, stop } from '../run.ts';
import { type Attempt, readMoment } from './attempt.ts';

/** The migrated clone, with what was measured before and after. */
export interface Migrated {
  readonly clone: HostedClone;
  readonly migrator: Migrator;
  /** How many migrations were applied; undefined where the team's tool keeps it to itself. */
  readonly appliedCount: number | undefined;
  readonly bounds: readonly EvaluatedBound[];
  readonly before: RowVolumes;
  readonly after: RowVolumes;
  /** The masked columns, and the constraints over them; both empty where nothing is masked. */
  readonly masked: { readonly before: MaskedState; readonly after: MaskedState };
  /** The required objects, in the order of the settings. */
  readonly objects: { readonly before: FoundObjects; readonly after: FoundObjects };
  readonly statements: readonly StatementRecord[];
  /** Revisions that were found to need no transaction. */
  readonly noTransaction: readonly string[];
  /** What each migration wrote, as far as bounds ask for it. */
  readonly watched: WatchedMigrations;
  /** The required tables as they were tried before migrating, in the order of the settings. */
  readonly required: readonly TableProbe[];
}

/**
 * Reads the migrated clone, judges what the migrations left unfinished in it, and says how the phase ended.
 *
 * @param mark by which the processes are known that the team's tool started
 */
export async function finishMigrating(
  context: Context,
  run: Run,
  settings: Pick<Settings, 'requiredObjects'>,
  attempt: Attempt,
  appliedCount: number | undefined,
  watched: WatchedMigrations,
  mark?: string,
): Promise<PhaseReport<Migrated>> {
  const { clone, before, statements } = attempt;
  const after = await readMoment(context, clone, settings, (session) => readMaskedStateAgain(session, before.masked.attributes));
  if (!after.ok) return stop(after.failure);
  context.emit({ type: 'counted', moment: 'before', counts: countsOf(before.volumes) });
  context.emit({ type: 'counted', moment: 'after', counts: countsOf(after.value.volumes) });
  const running = mark === undefined ? [] : await context.edge.system.endMarked(mark, []);
  report(context, judgeLeftovers(before.leftovers, after.value.leftovers, running));
  const outcome = run.outcomeOf('migrate');
  const what =
    appliedCount === undefined
      ? 'The migration command succeeded.'
      : `${countOf(appliedCount, 'migration')} applied as ${attempt.migrator.role}${statements.length === 0 ? '' : `, ${countOf(statements.length, 'statement')}`}.`;
  return goOn(
    {
      ...attempt,
      watched,
      appliedCount,
      before: before.volumes,
      after: after.value.volumes,
      masked: { before: before.masked, after: after.value.masked },
      objects: { before: before.objects, after: after.value.objects },
    },
    outcome === 'not-applicable' ? 'passed' : outcome,
    what,
  );
}
