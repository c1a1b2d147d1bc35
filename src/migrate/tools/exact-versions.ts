import type { Migration } from '../../core/migration.ts';
import type { Session } from '../../core/ports.ts';
import type { LedgerTable } from '../ledger-table.ts';
import { type LedgerRow, readLedger } from '../read-ledger.ts';

/**
 * Reads a ledger whose tool compares versions as text, so that `001` and `1` are two: each row’s value is then the revision of that very version, where the repo has it.
 * Throws SqlError.
 *
 * @param versionOf what the tool would record of a revision
 */
export async function readExactVersions(
  session: Session,
  ledger: LedgerTable,
  migrations: readonly Migration[],
  versionOf: (revision: string) => string,
): Promise<readonly LedgerRow[]> {
  const revisions = new Map(migrations.map(({ revision }) => [versionOf(revision), revision]));
  return (await readLedger(session, ledger)).map((row) => ({ ...row, value: revisions.get(row.value) ?? row.value }));
}
