import { createHash } from 'node:crypto';
import { type RowVolumes, readRowVolumes } from '../../check/row-bounds/read-row-volumes.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import { failure } from '../../core/failure.ts';
import type { StampReport } from '../../core/lineage.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { readLedgerState } from '../../migrate/ledger-state.ts';
import { readLineage } from '../../migrate/lineage.ts';
import { makeLedger } from '../../migrate/make-ledger.ts';
import { markApplied } from '../../migrate/mark-applied.ts';
import type { Migrator } from '../../migrate/migrator.ts';
import type { MigrateSettings } from '../../migrate/read-migrations.ts';
import { runMigrationCommand } from '../../migrate/run-command.ts';
import { adapterOf } from '../../migrate/tools/adapters.ts';
import { type CapturedCatalog, captureCatalog } from '../../schema/captured-catalog.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { withSession } from '../with-session.ts';
import type { AnchorPlan } from './plan-anchor.ts';
import { movedSequences, readSequencePositions, type SequencePosition } from './sequence-positions.ts';

/** Where and with what a stamp is made. */
export interface Stamping {
  readonly settings: MigrateSettings;
  readonly folder: string;
  readonly migrations: readonly Migration[];
  readonly plan: AnchorPlan;
}

/** How a stamp was written. */
type Written = Pick<StampReport, 'by' | 'command' | 'exitCode' | 'output' | 'durationMs'>;

/**
 * Gives a clone the list of applied migrations that production never got: by the tool's own command, or by the rows that the tool would write, into
 * a list that is made as the tool makes it. Nothing is measured and nothing told: for clones besides the one that was looked at.
 *
 * Fails with `stamp-failed`.
 */
export async function writeStamp(
  context: Context,
  clone: HostedClone,
  migrator: Migrator,
  { settings, folder, migrations, plan }: Stamping,
): Promise<Result<Written>> {
  const startedAt = performance.now();
  const stamp = adapterOf(settings)?.commands(settings).stamp?.(plan.revision);
  if (stamp === undefined || settings.tool !== 'command') return await writeRows(context, clone, migrator, { settings, folder, migrations, plan });
  const output: StampReport['output'][number][] = [];
  const quiet: Context = {
    ...context,
    emit: (event) => {
      if (event.type === 'output') output.push({ stream: event.stream, line: event.line });
    },
  };
  // The ledger may not be there yet, and is read by whoever asked.
  const { ledger: _ledger, ...without } = settings;
  const ran = await runMigrationCommand(quiet, { ...without, command: [...stamp] }, migrator.address, folder, 'lineage');
  if (!ran.ok) {
    if (ran.failure.code !== 'command-failed') return ran;
    return fail(failure('stamp-failed', `Stamping the clone with ${plan.revision} failed: ${ran.failure.message}`, { object: plan.revision }));
  }
  return ok({ by: 'tool', command: stamp, exitCode: 0, output, durationMs: Math.round(performance.now() - startedAt) });
}

async function writeRows(context: Context, _clone: HostedClone, migrator: Migrator, { settings, plan, migrations }: Stamping): Promise<Result<Written>> {
  const startedAt = performance.now();
  const upTo = migrations.filter(({ revision }) => plan.applied.includes(revision));
  return await withSession(context, migrator.address, async (session) => {
    await makeLedger(session, settings);
    const { ledger, notRecorded } = await markApplied(session, settings, upTo);
    const problem =
      ledger !== 'marked'
        ? `${settings.ledger?.table ?? 'the ledger'} isn’t there, and only its tool knows how to make it`
        : notRecorded[0] && `${notRecorded[0].migration}: ${notRecorded[0].reason}`;
    if (problem !== undefined) return fail(failure('stamp-failed', `Stamping the clone with ${plan.revision} failed: ${problem}.`, { object: plan.revision }));
    return ok({ by: 'rows', command: [], exitCode: null, output: [], durationMs: Math.round(performance.now() - startedAt) });
  });
}

/** What a stamp must leave as it is. */
interface Untouched {
  readonly catalog: CapturedCatalog;
  readonly volumes: RowVolumes;
  readonly sequences: readonly SequencePosition[];
}

/**
 * Stamps the clone that is going to be migrated, and measures that nothing but the ledger was written: all facts of the catalogs and the counters and files
 * of all tables, before and after, and the ledger read back.
 *
 * Fails with `stamp-failed`, and with what reading the clone fails with.
 */
export async function stampClone(context: Context, clone: HostedClone, migrator: Migrator, stamping: Stamping): Promise<Result<StampReport>> {
  const before = await look(context, clone);
  if (!before.ok) return before;
  const written = await writeStamp(context, clone, migrator, stamping);
  if (!written.ok) return written;
  const after = await look(context, clone);
  if (!after.ok) return after;
  const { settings, migrations, plan } = stamping;
  const state = await withSession(context, clone.admin, async (session) => ok(await readLedgerState(session, settings)));
  if (!state.ok) return state;
  const line = await withSession(context, clone.admin, (session) => readLineage(session, settings, migrations));
  if (!line.ok) return fail(failure('stamp-failed', `The stamp can’t be read back: ${line.failure.message}`, { object: plan.revision }));
  const ledger = ledgerTables(settings, state.value.kind === 'absent' ? undefined : qualifiedName(state.value.table.schema, state.value.table.name));
  const isLedgers = ledgerObjects(before.value.catalog, ledger);
  const [was, is] = [linesOf(before.value.catalog, isLedgers), linesOf(after.value.catalog, isLedgers)];
  const problem = before.value.volumes.problem ?? after.value.volumes.problem;
  return ok({
    revision: plan.revision,
    ...written.value,
    ledger,
    schemaBefore: hash(was),
    schemaAfter: hash(is),
    objects: was.size,
    changed: changedObjects(was, is),
    tables: before.value.volumes.tables.length,
    written: [
      ...writtenTables(before.value.volumes, after.value.volumes).filter((table) => !ledger.includes(table)),
      ...movedSequences(before.value.sequences, after.value.sequences, ledger),
    ],
    ...(problem === undefined ? {} : { countersProblem: problem }),
    recorded: state.value.kind === 'absent' ? [] : recordedRevisions(state.value.rows, line.value.applied, plan.revision),
    applied: line.value.applied,
    pending: line.value.pending.map(({ revision }) => revision),
    planned: plan.applied,
  });
}

/** A ledger that has other values than revisions (versions, hashes) names a revision where that one counts as applied. */
function recordedRevisions(rows: readonly string[], applied: readonly string[], revision: string): readonly string[] {
  return rows.includes(revision) || !applied.includes(revision) ? rows : [...rows, revision];
}

async function look(context: Context, { admin }: HostedClone): Promise<Result<Untouched>> {
  return await withSession(context, admin, async (session) =>
    ok({ volumes: await readRowVolumes(session), catalog: await captureCatalog(session), sequences: await readSequencePositions(session) }),
  );
}

/** The ledger's table and what belongs to it, qualified. */
function ledgerTables(settings: MigrateSettings, table: string | undefined): readonly string[] {
  const side = adapterOf(settings)?.sideTables ?? [];
  const schema = table?.split('.')[0] ?? 'public';
  return [...(table === undefined ? [] : [table]), ...side.map((name) => (name.includes('.') ? name : `${schema}.${name}`))];
}

/** What belongs to the ledger, or lies in a schema that was made for it. */
function ledgerObjects(before: CapturedCatalog, ledger: readonly string[]): (kind: string, name: string, parent: string | null) => boolean {
  const schemas = new Set(before.objects.filter(([kind]) => kind === 'schema').map(([, name]) => name));
  const made = new Set(ledger.map((table) => table.split('.')[0] ?? '').filter((schema) => !schemas.has(schema)));
  return (kind, name, parent) =>
    ledger.includes(name) ||
    (parent !== null && ledger.includes(parent)) ||
    (kind === 'schema' && made.has(name)) ||
    made.has((parent ?? name).split('.')[0] ?? '');
}

/** Each object's facts, by its name. */
function linesOf({ objects }: CapturedCatalog, leaveOut: ReturnType<typeof ledgerObjects>): ReadonlyMap<string, string> {
  return new Map(
    objects
      .filter(([kind, name, parent]) => !leaveOut(kind, name, parent))
      .map(([kind, name, parent, properties]) => [`${kind} ${name}`, JSON.stringify([parent, properties])]),
  );
}

function hash(lines: ReadonlyMap<string, string>): string {
  return createHash('sha256')
    .update(JSON.stringify([...lines]))
    .digest('hex');
}

/** So many are named; the hash covers them all. */
const fewNames = 20;

function changedObjects(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => (before.has(name) ? (after.has(name) ? name : `${name} is gone`) : `${name} is new`))
    .slice(0, fewNames);
}

/** Tables with another counter, file or number of rows. A table that is new counts as written. */
function writtenTables(before: RowVolumes, after: RowVolumes): readonly string[] {
  const was = new Map(before.tables.map((table) => [table.oid, table]));
  return after.tables
    .filter((table) => {
      const old = was.get(table.oid);
      if (old === undefined) return true;
      return (['file', 'rows', 'inserted', 'updated', 'deleted'] as const).some((key) => table[key] !== old[key]);
    })
    .map(({ schema, table }) => qualifiedName(schema, table));
}
