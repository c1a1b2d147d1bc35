import { createHash } from 'node:crypto';
import type { Migration } from '../core/migration.ts';
import type { LedgerRow } from './read-ledger.ts';

/**
 * Whether a migration's file is no longer the one that its tool applied, by the checksum in the ledger. Undefined where the ledger has none.
 * Line ends may differ, since git may have changed them: Prisma accepts that too.
 */
export function wasEdited(migration: Migration, row: LedgerRow): boolean | undefined {
  const algorithm = row.checksum?.length === 64 ? 'sha256' : row.checksum?.length === 96 ? 'sha384' : undefined;
  if (algorithm === undefined) return undefined;
  const unix = migration.up.replaceAll('\r\n', '\n');
  const texts = [migration.up, unix, unix.replaceAll('\n', '\r\n')];
  const hashes = texts.map((text) => createHash(algorithm).update(text).digest('hex'));
  if (algorithm === 'sha256') hashes.push(migration.sha256);
  return !hashes.includes(row.checksum?.toLowerCase() ?? '');
}
