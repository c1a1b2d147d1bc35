import { type Failure, failure, SqlError } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';
import type { Session } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { wasEdited } from './edited-history.ts';
import { withAncestors } from './heads.ts';
import { findLedgerTable, type LedgerTable } from './ledger-table.ts';
import { ledgerMatch, matchRevisions } from './match-revisions.ts';
import type { MigrateSettings } from './migrate-settings.ts';
import { type LedgerRow, readLedger } from './read-ledger.ts';
import { readRepeated } from './read-repeated.ts';
import { adapterOf } from './tools/adapters.ts';
import type { ToolAdapter } from './tools/tool-adapter.ts';
import { compareVersions, readVersion } from './version.ts';

/** What is applied in production, and what is to come. */
export interface Lineage {
  /** How this is known. `head-only` and `unknown`: only the tool itself knows what is pending, so `pending` is empty and says nothing. */
  readonly from: 'ledger' | 'appliedThrough' | 'head-only' | 'unknown';
  /** Revisions, in the repo's order. */
  readonly applied: readonly string[];
  readonly pending: readonly Migration[];
  /** What the ledger names and the repo doesn't have. */
  readonly unknown: readonly string[];
  /** Pending ones that come before an applied one. */
  readonly outOfOrder: readonly string[];
  /** Begun and not ended, says the ledger: most tools refuse to go on. They count as pending. */
  readonly unfinished: readonly string[];
  /** Applied ones whose file has another checksum than the ledger has. */
  readonly edited: readonly string[];
  /** Revisions, or values of the ledger, that it names several times although its tool writes each once. */
  readonly repeated: readonly string[];
  /** Set where the ledger holds checksums: without them no edit is seen. */
  readonly checksums?: true;
  /** Pending ones that the tool would pass over in silence. */
  readonly skipped: readonly string[];
  /** What the tool itself would stop at, before it applies anything. */
  readonly refusals: readonly Failure[];
  readonly ledger?: LedgerTable;
}

/**
 * Reads which migrations a copy of production has, from the team's ledger or from `appliedThrough`.
 *
 * Rows count by what their table's columns mean: Prisma's only when finished and not rolled back, goose's by the newest row of a version,
 * sqlx's and Flyway's when successful; golang-migrate's single row means everything up to that version. Alembic's rows mean themselves and all that they
 * rest on; of a tool that is started as a plain command they name the heads only.
 * Fails with `ledger-unknown` where nothing says what is applied, or where the answer names a revision that isn't there.
 */
export async function readLineage(session: Session, settings: MigrateSettings, migrations: readonly Migration[]): Promise<Result<Lineage>> {
  const { ledger } = settings;
  const { appliedThrough } = settings;
  if (ledger !== undefined && appliedThrough !== undefined) {
    return fail(failure('ledger-unknown', 'both migrate.ledger and migrate.appliedThrough are set', { cure: 'Keep one of them.' }));
  }
  if (appliedThrough !== undefined) return lineageThrough(appliedThrough, migrations);
  if (ledger === undefined) {
    if (settings.tool === 'command') return ok({ ...nothing, from: 'unknown' });
    return fail(failure('ledger-unknown', 'neither migrate.ledger nor migrate.appliedThrough is set, so what production has applied is unknown'));
  }
  try {
    const table = await findLedgerTable(session, ledger);
    if (!table.ok) return table;
    const adapter = adapterOf(settings);
    const rows = (await adapter?.readLedger?.(session, table.value, migrations)) ?? (await readLedger(session, table.value));
    const match = adapter?.readLedger === undefined ? ledgerMatch(table.value, 'match' in ledger ? ledger.match : 'any') : 'revision';
    if (table.value.shape === 'current' && rows.length > 1) {
      const names = rows.map(({ value }) => value).join(', ');
      const message = `${table.value.sqlName} holds ${rows.length} rows (${names}), where its tool wants one and would take any of them for the version`;
      return fail(failure('ledger-unknown', message, { object: ledger.table, cure: 'Find out which row is right, and delete the others in production.' }));
    }
    const line = lineageOf(table.value, rows, migrations, match, adapter);
    const refusals = (await adapter?.refusals?.(session, table.value, migrations, rows, settings)) ?? [];
    const find = matchRevisions(migrations, match);
    const repeated = (await readRepeated(session, table.value)).map((value) => find(value)?.revision ?? value);
    return ok({ ...line, repeated, refusals, ledger: table.value });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(
      failure('ledger-unknown', `the ledger ${ledger.table} could not be read: ${error.fields.message}`, { object: ledger.table, sql: error.fields }),
    );
  }
}

const nothing = { applied: [], pending: [], unknown: [], outOfOrder: [], unfinished: [], edited: [], repeated: [], skipped: [], refusals: [] };

/** The pure part: rows of a ledger against the repo's migrations. */
export function lineageOf(
  ledger: Pick<LedgerTable, 'shape'>,
  rows: readonly LedgerRow[],
  migrations: readonly Migration[],
  match: Parameters<typeof matchRevisions>[1],
  adapter?: Pick<ToolAdapter, 'wasEdited' | 'skips'>,
): Lineage {
  const value = ({ value }: LedgerRow) => value;
  // Without the graph of revisions, a head says nothing of what it rests on.
  if (ledger.shape === 'head' && adapter === undefined) return { ...nothing, from: 'head-only', applied: rows.map(value) };
  // A command without a folder: the ledger is all there is.
  if (migrations.length === 0) return { ...nothing, from: 'head-only', applied: rows.filter(({ state }) => state === 'applied').map(value) };
  const find = matchRevisions(migrations, match);
  const current = ledger.shape === 'current' && rows.length === 1 ? rows[0] : undefined;
  const isApplied = current !== undefined ? appliedUpTo(current) : ledger.shape === 'head' ? appliedByHead(rows, migrations) : appliedByRow(rows, find);
  const applied = migrations.filter(isApplied);
  const pending = migrations.filter((migration) => !isApplied(migration));
  const inOrder = migrations.filter(({ repeatable }) => repeatable !== true);
  const lastApplied = inOrder.findLastIndex(isApplied);
  return {
    from: 'ledger',
    applied: applied.map(({ revision }) => revision),
    pending,
    unknown: rows.filter((row) => row.state !== 'reverted' && !isNoVersion(ledger, row) && find(row.value) === undefined).map(value),
    // A branch that is merged later is older by nature.
    outOfOrder: (migrations.some(({ parents }) => parents !== undefined) ? [] : inOrder)
      .slice(0, Math.max(lastApplied, 0))
      .filter((migration) => !isApplied(migration))
      .map(({ revision }) => revision),
    unfinished: rows.filter(({ state }) => state === 'unfinished').map(value),
    edited: rows.flatMap((row) => {
      const migration = row.state === 'applied' ? find(row.value) : undefined;
      const edited = migration === undefined ? undefined : (adapter?.wasEdited ?? wasEdited)(migration, row);
      return migration !== undefined && edited === true ? [migration.revision] : [];
    }),
    repeated: [],
    ...(rows.some(({ checksum }) => checksum !== undefined) && { checksums: true }),
    skipped: adapter?.skips?.(migrations, new Set(applied.map(({ revision }) => revision))) ?? [],
    refusals: [],
  };
}

/** Alembic: a row names a revision that nothing applied follows, and stands for all that it rests on. */
function appliedByHead(rows: readonly LedgerRow[], migrations: readonly Migration[]): (migration: Migration) => boolean {
  const applied = withAncestors(
    migrations,
    rows.map(({ value }) => value),
  );
  return ({ revision }) => applied.has(revision);
}

function appliedByRow(rows: readonly LedgerRow[], find: (value: string) => Migration | undefined): (migration: Migration) => boolean {
  const applied = new Set(rows.filter(({ state }) => state === 'applied').map((row) => find(row.value)?.revision));
  return ({ revision }) => applied.has(revision);
}

/** golang-migrate: everything up to the row's version is applied; a dirty row means that its own version is not. */
function appliedUpTo(row: LedgerRow): (migration: Migration) => boolean {
  const current = readVersion(row.value);
  return ({ revision }) => {
    const version = readVersion(revision);
    if (current === undefined || version === undefined) return false;
    const order = compareVersions(version, current);
    return row.state === 'applied' ? order <= 0 : order < 0;
  };
}

/** golang-migrate stores -1 where the first migration was reverted. */
function isNoVersion({ shape }: Pick<LedgerTable, 'shape'>, row: LedgerRow): boolean {
  return shape === 'current' && row.value === '-1';
}

function lineageThrough(appliedThrough: string, migrations: readonly Migration[]): Result<Lineage> {
  const last = matchRevisions(migrations, 'any')(appliedThrough);
  if (last === undefined && appliedThrough !== 'none') {
    const newest = migrations.slice(-3).map(({ revision }) => revision);
    return fail(
      failure(
        'ledger-unknown',
        `migrate.appliedThrough names ${appliedThrough}, which is none of the ${migrations.length} migrations; the newest are ${newest.join(', ')}`,
        {
          object: appliedThrough,
          cure: 'Set migrate.appliedThrough to a revision of the repo, or to "none".',
        },
      ),
    );
  }
  const count = last === undefined ? 0 : migrations.indexOf(last) + 1;
  return ok({ ...nothing, from: 'appliedThrough', applied: migrations.slice(0, count).map(({ revision }) => revision), pending: migrations.slice(count) });
}
