import { FailureError } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { findLedgerTable } from '../../migrate/ledger-table.ts';
import { readLineage } from '../../migrate/lineage.ts';
import { readLedger } from '../../migrate/read-ledger.ts';
import type { MigrateSettings } from '../../migrate/read-migrations.ts';
import { withSession } from '../with-session.ts';

/**
 * What the list of applied migrations says wrongly after some were taken back, as a clause; undefined where it is right, where the team has none, or where
 * going back has dropped it. Throws FailureError.
 *
 * @param taken revisions that must not count as applied any more
 */
export async function readLedgerProblem(
  context: Context,
  clone: Address,
  settings: MigrateSettings,
  migrations: readonly Migration[],
  taken: readonly string[],
): Promise<string | undefined> {
  const { ledger } = settings;
  if (ledger === undefined) return undefined;
  const read = await withSession(context, clone, async (session) => {
    // Going back from the very first migration drops the list with everything else.
    if (!(await findLedgerTable(session, ledger)).ok) return ok([]);
    const lineage = await readLineage(session, settings, migrations);
    return lineage.ok ? ok(lineage.value.applied) : lineage;
  });
  if (!read.ok) throw new FailureError(read.failure);
  const still = taken.filter((revision) => read.value.includes(revision));
  return still.length === 0
    ? undefined
    : `${ledger.table} still names ${still.join(', ')} as applied, so that the next deploy would leave ${still.length === 1 ? 'it' : 'them'} out`;
}

/** What the list of applied migrations holds, in its own words; empty where it isn't there. Throws FailureError. */
export async function readLedgerValues(context: Context, clone: Address, { ledger }: MigrateSettings): Promise<readonly string[]> {
  if (ledger === undefined) return [];
  const read = await withSession(context, clone, async (session) => {
    const found = await findLedgerTable(session, ledger);
    if (!found.ok) return ok([]);
    const rows = await readLedger(session, found.value);
    return ok(rows.filter(({ state }) => state === 'applied').map(({ value }) => value));
  });
  if (!read.ok) throw new FailureError(read.failure);
  return read.value.toSorted();
}
