import { type Leftovers, readLeftovers } from '../../check/leftovers/read-leftovers.ts';
import { type MaskedState, readMaskedState } from '../../check/masked-constraints/read-masked-state.ts';
import { type FoundObjects, readObjects } from '../../check/required-objects/read-objects.ts';
import type { TableProbe } from '../../check/required-tables/probe-table.ts';
import { type EvaluatedBound, evaluateBounds } from '../../check/row-bounds/evaluate-bounds.ts';
import { type RowVolumes, readRowVolumes } from '../../check/row-bounds/read-row-volumes.ts';
import type { Settings } from '../../config/schema.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import type { Migration, StatementRecord } from '../../core/migration.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { type Migrator, prepareMigrator } from '../../migrate/migrator.ts';
import { accessOn } from '../migrator-access.ts';
import type { Provided } from '../phases/provision.ts';
import { type WatchedRows, watchRows } from '../recording/watch-rows.ts';
import type { RehearseRequest } from '../request.ts';
import { probeBefore } from '../required-tables.ts';
import type { Run } from '../run.ts';
import { withSession } from '../with-session.ts';

/** What is read of a clone just before its migrations run, and again just after. */
export interface Moment {
  readonly volumes: RowVolumes;
  readonly leftovers: Leftovers;
  readonly masked: MaskedState;
  /** The required objects, in the order of the settings. */
  readonly objects: FoundObjects;
}

/** One try on one clone. */
export interface Attempt {
  readonly clone: HostedClone;
  readonly migrator: Migrator;
  readonly bounds: readonly EvaluatedBound[];
  readonly before: Moment;
  readonly statements: StatementRecord[];
  /** Revisions that were found to need no transaction in earlier tries. */
  readonly noTransaction: readonly string[];
  /** Undefined where no bound asks for it. */
  readonly rows: WatchedRows | undefined;
  readonly required: readonly TableProbe[];
}

/** Finds the migrator on a clone, and reads what is to be compared afterwards. */
export async function prepareAttempt(
  context: Context,
  run: Run,
  { settings }: RehearseRequest,
  { facts, shared, report: copy }: Provided,
  clone: HostedClone,
  migrations: readonly Migration[],
  noTransaction: readonly string[],
): Promise<Result<Attempt>> {
  const migrator = await prepareMigrator(context, clone.admin, facts.roles, settings.migrate.role, accessOn(context, shared));
  if (!migrator.ok) return migrator;
  run.hide(migrator.value.address.password);
  for (const text of migrator.value.notes) context.emit({ type: 'step', phase: 'migrate', text });
  const bounds = await withSession(context, clone.admin, (session) => evaluateBounds(session, settings.data.bounds));
  if (!bounds.ok) return bounds;
  // Before anything is counted: rows that are rolled back are counted, too.
  const required = await probeBefore(context, clone.admin, settings);
  if (!required.ok) return required;
  const before = await readMoment(context, clone, settings, (session) => readMaskedState(session, copy.masking?.columns ?? []));
  if (!before.ok) return before;
  const rows = watchRows(bounds.value, before.value.volumes, migrations);
  return ok({ clone, migrator: migrator.value, bounds: bounds.value, before: before.value, statements: [], noTransaction, rows, required: required.value });
}

export async function readMoment(
  context: Context,
  clone: HostedClone,
  { requiredObjects }: Pick<Settings, 'requiredObjects'>,
  readMasked: (session: Session) => Promise<MaskedState>,
): Promise<Result<Moment>> {
  return await withSession(context, clone.admin, async (session) =>
    ok({
      volumes: await readRowVolumes(session),
      leftovers: await readLeftovers(session),
      masked: await readMasked(session),
      objects: await readObjects(session, requiredObjects),
    }),
  );
}
