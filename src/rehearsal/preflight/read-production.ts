import { createHash } from 'node:crypto';
import type { Settings } from '../../config/schema.ts';
import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { isKnown, type Known, type Production, type ProductionLedger, type ProductionSchema, productionFormat } from '../../core/production.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { findLedgerTable } from '../../migrate/ledger-table.ts';
import { readLedger } from '../../migrate/read-ledger.ts';
import { inTransaction } from '../../preflight/read/in-transaction.ts';
import { readDatabaseOid, readSystemIdentifier } from '../../preflight/read/read-server.ts';
import { readTables } from '../../preflight/read/read-tables.ts';
import { type CapturedCatalog, captureCatalog } from '../../schema/captured-catalog.ts';
import { fingerprintCaptured } from '../../schema/compare-moments.ts';

export interface ReadProduction {
  readonly production: Production;
  /** Everything that the catalogs say, object by object; absent where it could not be read. */
  readonly catalog?: CapturedCatalog;
}

/** What production's catalogs, its list of migrations and its sizes are, beside the facts that were read of it before. Only reads; a lost connection is thrown as SqlError. */
export async function readProduction(
  session: Session,
  { facts, migrate, snapshot }: { readonly facts: SourceFacts; readonly migrate: Settings['migrate']; readonly snapshot?: string },
): Promise<ReadProduction> {
  // Also between transactions, nothing is looked up where somebody may have put functions of the same names.
  await session.execute("set search_path = ''");
  const catalog = await captureAll(session, snapshot);
  const identifier = await inTransaction(session, () => readSystemIdentifier(session), snapshot);
  const oid = await inTransaction(session, () => readDatabaseOid(session), snapshot);
  const unread = isKnown(catalog) ? await inTransaction(session, () => somethingUnread(session, catalog.value), snapshot) : catalog;
  const schema: Known<ProductionSchema> = !isKnown(catalog)
    ? catalog
    : !isKnown(unread)
      ? unread
      : { value: { ...schemaOf(catalog.value), unread: unread.value } };
  const ledger = await inTransaction(session, () => ledgerOf(session, migrate), snapshot);
  const tables = await inTransaction(session, () => readTables(session, migrate.role), snapshot);
  const production: Production = {
    ...productionOfFacts(facts),
    server: {
      value: {
        version: facts.serverVersion,
        systemIdentifier: isKnown(identifier) ? identifier.value : null,
        isStandby: facts.isStandby,
        ...(isKnown(oid) && { databaseOid: oid.value }),
      },
    },
    schema,
    ledger: isKnown(ledger) ? ledger.value : ledger,
    tables,
  };
  return { production, ...(isKnown(catalog) && { catalog: catalog.value }) };
}

/** What is known where only facts are: those of a dump, or of an image whose production can't be reached. */
export function productionOfFacts(facts: SourceFacts): Production {
  const dump = facts.kind === 'dump';
  const lacking = dump ? 'the source was a dump, which doesn’t tell' : 'production could not be read when the run began';
  const toldByDump = (what: RegExp) => dump && facts.unknown.find((one) => what.test(one));
  const noRoles = toldByDump(/^attributes and memberships of role/) || (dump && facts.roles.length === 0 ? 'roles: the dump holds none' : undefined);
  const noSettings =
    toldByDump(/^owner, grants and settings of the database/) || (facts.serverSettings === undefined ? (serverUnknown(facts) ?? lacking) : undefined);
  return {
    format: productionFormat,
    takenAt: facts.dataAsOf,
    source: { kind: facts.kind, label: facts.label },
    database: facts.database,
    server: { unknown: lacking },
    schema: { unknown: lacking },
    ledger: { unknown: lacking },
    extensions: { value: facts.extensions },
    roles: noRoles ? { unknown: noRoles } : { value: { roles: facts.roles, memberships: facts.memberships } },
    settings: noSettings
      ? { unknown: noSettings }
      : {
          value: {
            database: facts.databaseSettings,
            server: facts.serverSettings ?? [],
            owner: facts.databaseOwner,
            grants: facts.databaseGrants ?? [],
            collationVersions: facts.collationVersions ?? {},
            hidden: facts.unknown.filter((one) => one.startsWith('setting ')),
          },
        },
    tables: { unknown: lacking },
  };
}

function serverUnknown({ unknown }: SourceFacts): string | undefined {
  return unknown.find((one) => one.startsWith('settings of the server'));
}

/** Rows' content is no schema: large objects come and go as rows do. */
async function captureAll(session: Session, snapshot: string | undefined): Promise<Known<CapturedCatalog>> {
  try {
    const captured = await captureCatalog(session, snapshot);
    return { value: { ...captured, objects: captured.objects.filter(([kind]) => kind !== 'large object') } };
  } catch (error) {
    if (!(error instanceof SqlError) || /^(08|57P)/.test(error.fields.sqlstate)) throw error;
    return { unknown: error.fields.message };
  }
}

function schemaOf(catalog: CapturedCatalog): Omit<ProductionSchema, 'unread'> {
  const { whole, kinds } = fingerprintCaptured(catalog);
  return { fingerprint: whole, kinds };
}

/** Catalogs that this role may not read count only where there is something in them. */
async function somethingUnread(session: Session, { unread }: CapturedCatalog): Promise<readonly string[]> {
  if (unread.length === 0) return [];
  const [row] = await session.query<{ subscriptions: boolean; mappings: boolean }>(
    `select exists (select from pg_catalog.pg_subscription s join pg_catalog.pg_database d on d.oid = s.subdbid where d.datname = pg_catalog.current_database()) as "subscriptions",
            exists (select from pg_catalog.pg_user_mappings) as "mappings"`,
  );
  const isEmpty = (column: string) =>
    column.startsWith('pg_subscription.') ? row?.subscriptions === false : column.startsWith('pg_user_mapping.') && row?.mappings === false;
  return unread.filter(({ column }) => !isEmpty(column)).map(({ family, column }) => `${column} (${family})`);
}

/** The rows of the team's own list, as its columns mean them. */
async function ledgerOf(session: Session, migrate: Settings['migrate']): Promise<Production['ledger']> {
  const { ledger } = migrate;
  if (ledger === undefined) {
    return 'appliedThrough' in migrate && migrate.appliedThrough !== undefined ? { value: null } : { unknown: 'migrate.ledger is not set' };
  }
  const found = await findLedgerTable(session, ledger);
  if (!found.ok) {
    // No such column is a fault of the configuration; no such table is how a production looks that was never migrated by the tool.
    return /does not exist in this database/.test(found.failure.message)
      ? { value: { table: ledger.table, exists: false, rows: [], sha256: hashOf([]) } satisfies ProductionLedger }
      : { unknown: found.failure.message };
  }
  const rows = await readLedger(session, found.value);
  // Some tools name the same migration in several rows, which only their other columns tell apart.
  const whole = await session.query<{ row: string }>(`select l::text as row from ${found.value.sqlName} l order by l::text collate "C"`);
  return { value: { table: ledger.table, exists: true, rows, sha256: hashOf(whole.map(({ row }) => row)) } };
}

function hashOf(rows: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}
