import { createHash } from 'node:crypto';
import type { Migration } from '../../../core/migration.ts';
import type { Session } from '../../../core/ports.ts';
import type { LedgerTable } from '../../ledger-table.ts';
import type { LedgerRow } from '../../read-ledger.ts';

/** One row of drizzle.__drizzle_migrations. `name` is there from drizzle-orm 1.0 on, and null in rows that it couldn't match. */
export interface DrizzleRow {
  readonly hash: string;
  /** Milliseconds since 1970 of the migration, not of its run. */
  readonly createdAt: number | null;
  readonly name: string | null;
}

/** What drizzle has recorded, oldest first. Throws SqlError. */
export async function readDrizzleRows(session: Session, ledger: LedgerTable): Promise<readonly DrizzleRow[]> {
  const name = ledger.columns.some((column) => column.name === 'name') ? 'l.name' : 'null::text';
  const rows = await session.query<{ hash: string; createdAt: string | null; name: string | null }>(
    `select l.hash, l.created_at::text as "createdAt", ${name} as name from ${ledger.sqlName} l order by l.id`,
  );
  return rows.map((row) => ({ ...row, createdAt: row.createdAt === null ? null : Number(row.createdAt) }));
}

/**
 * Finds the migration of a row as drizzle-orm 1.0 does when it takes an older ledger over: by name, else by time, else by hash. A name is final; of several
 * migrations with one time the hash decides.
 */
export function migrationOfRow(row: DrizzleRow, migrations: readonly Migration[]): Migration | undefined {
  if (row.name !== null) return migrations.find(({ revision }) => revision === row.name);
  const ofHash = (list: readonly Migration[]) => list.find((migration) => hashesOf(migration).includes(row.hash));
  const ofTime = migrations.filter(({ timestampMs }) => timestampMs === row.createdAt);
  return ofTime.length > 1 ? (ofHash(ofTime) ?? ofTime[0]) : (ofTime[0] ?? ofHash(migrations));
}

/** Rows as every ledger's are given. One that the repo doesn't know is told by its time and hash, which is all that drizzle wrote. */
export function asLedgerRow(row: DrizzleRow, migrations: readonly Migration[]): LedgerRow {
  const of = row.createdAt === null ? '' : ` recorded for ${row.createdAt}`;
  const value = migrationOfRow(row, migrations)?.revision ?? row.name ?? `the hash ${row.hash}${of}`;
  return { value, state: 'applied', checksum: row.hash };
}

/** Newer versions of drizzle-orm hash the text with Unix line ends, older ones the bytes. */
function hashesOf({ sha256, up }: Migration): readonly string[] {
  return [sha256, createHash('sha256').update(up.replaceAll('\r\n', '\n')).digest('hex')];
}
