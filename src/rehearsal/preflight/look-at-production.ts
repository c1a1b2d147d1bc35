import type { Settings } from '../../config/schema.ts';
import { type Failure, failure, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { isKnown, type Known, type Production } from '../../core/production.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import type { Activity } from '../../preflight/judge/judge-long-transactions.ts';
import { inTransaction } from '../../preflight/read/in-transaction.ts';
import { readFreezeAges, readLockHolders, readSnapshotHolders } from '../../preflight/read/read-lock-holders.ts';
import { type MigratorState, readMigrator } from '../../preflight/read/read-migrator.ts';
import { type ArchiverState, type Replication, readArchiver, readReplication } from '../../preflight/read/read-replication.ts';
import { readServer, type ServerState } from '../../preflight/read/read-server.ts';
import { readSizes } from '../../preflight/read/read-tables.ts';
import type { Rehearsed } from '../../preflight/rehearsed.ts';
import type { CapturedCatalog } from '../../schema/captured-catalog.ts';
import { readFacts } from '../../source/read-facts.ts';
import { readServerSettings } from '../../source/server-settings.ts';
import type { OpenPlace } from '../cloud/open-place.ts';
import { readProduction } from './read-production.ts';

/** What production is now. Each part by itself: one that can't be read keeps nobody from reading the others. */
export interface ProductionNow {
  readonly label: string;
  readonly production: Production;
  readonly catalog: Known<CapturedCatalog>;
  readonly server: Known<ServerState>;
  readonly activity: Known<Activity>;
  readonly replication: Known<Replication>;
  readonly archiver: Known<ArchiverState>;
  readonly sizes: Known<ReadonlyMap<string, number>>;
  readonly migrator: Known<MigratorState | undefined>;
}

/** Nobody waits long for us, and we for nobody. */
const limits = { statementTimeoutMs: 60_000, lockTimeoutMs: 2_000 };

/**
 * Looks at production: one session after the other, each read-only by construction, in short transactions. Nothing is created, no lock is taken that is stronger
 * than ACCESS SHARE, and nothing is held while anything else is done.
 *
 * Fails with what connecting fails with, and with `source-lost`.
 */
export async function lookAtProduction(
  context: Context,
  { address, label }: Pick<OpenPlace, 'address' | 'label'>,
  { migrate }: Pick<Settings, 'migrate'>,
  rehearsed: Rehearsed,
): Promise<Result<ProductionNow>> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse preflight', signal: context.signal, readOnly: limits });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    // First of all, so that nobody's transaction gets older by our looking.
    const activity = await inTransaction(session, () => activityOf(session, rehearsed));
    const facts = await factsOf(context, session, address, label);
    if (!isKnown(facts)) return fail(unreadable(label, facts.unknown));
    const { production, catalog } = await readProduction(session, { facts: facts.value, migrate });
    const tables = rehearsed.tables.map(({ table }) => table);
    const { role } = migrate;
    return ok({
      label,
      production,
      catalog: catalog === undefined ? (isKnown(production.schema) ? { unknown: 'it was not read' } : production.schema) : { value: catalog },
      server: await inTransaction(session, () => readServer(session)),
      activity,
      replication: await inTransaction(session, () => readReplication(session)),
      archiver: await inTransaction(session, () => readArchiver(session)),
      sizes: await inTransaction(session, () => readSizes(session, tables)),
      migrator: role === undefined ? { unknown: 'migrate.role is not set' } : await inTransaction(session, () => readMigrator(session, role)),
    });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(
      context.signal.aborted ? failure('interrupted', 'The preflight was interrupted.') : failure('source-lost', error.fields.message, { sql: error.fields }),
    );
  }
}

async function activityOf(session: Session, { tables }: Rehearsed): Promise<Activity> {
  return {
    holders: await readLockHolders(session),
    snapshots: await readSnapshotHolders(session),
    ages: await readFreezeAges(
      session,
      tables.map(({ table }) => table),
    ),
  };
}

async function factsOf(context: Context, session: Session, address: Address, label: string): Promise<Known<SourceFacts>> {
  const read = await inTransaction(session, () => readFacts(session, 'url', label));
  if (!isKnown(read)) return read;
  // The server's own limits don't show in a session that brings its own: this one brings none but the promise to write nothing.
  const plain = { ...address, options: `${address.options ?? ''} -c default_transaction_read_only=on`.trim() };
  const server = await readServerSettings(context, plain, read.value);
  return { value: { ...read.value, ...server, unknown: [...read.value.unknown, ...server.unknown] } };
}

function unreadable(label: string, why: string): Failure {
  return failure('privileges-missing', `${label} could not be read: ${why}`);
}
