import type { Migration } from '../../../core/migration.ts';
import type { Session } from '../../../core/ports.ts';
import { qualifiedName, quoteIdentifier } from '../../../sql/quote.ts';
import type { LedgerTable } from '../../ledger-table.ts';
import type { LedgerRow } from '../../read-ledger.ts';

interface ChangeRow {
  readonly id: string;
  readonly change: string;
  readonly hash: string | null;
}

/**
 * What Sqitch's registry says of this project, in the order in which it was deployed; other projects may share it. A change whose id isn't the plan's, but whose name
 * is, was planned otherwise when it was deployed: its row gets a checksum that is no script's, so that it counts as edited. Throws SqlError.
 */
export async function readSqitchLedger(session: Session, ledger: LedgerTable, migrations: readonly Migration[]): Promise<readonly LedgerRow[]> {
  const has = (column: string) => ledger.columns.some(({ name }) => name === column);
  // Registries that were made by older versions have no hashes, or the ids in their place.
  const hash = has('script_hash') ? 'nullif(c.script_hash, c.change_id)' : 'null::text';
  const project = migrations[0]?.ledgerKey?.project ?? '';
  const rows = await session.query<ChangeRow>(
    `select c.change_id as id, c.change, ${hash} as hash
from ${qualifiedName(ledger.schema, ledger.name)} c
where c.${quoteIdentifier('project')} = $1
order by c.committed_at, c.change_id`,
    [project],
  );
  const byId = new Map(migrations.map((migration) => [migration.ledgerKey?.change_id, migration]));
  const timesSeen = new Map<string, number>();
  return rows.map(({ id, change, hash: recorded }): LedgerRow => {
    const place = timesSeen.get(change) ?? 0;
    timesSeen.set(change, place + 1);
    const known = byId.get(id);
    if (known !== undefined) return { value: known.revision, state: 'applied', ...(recorded === null ? {} : { checksum: recorded }) };
    const namesake = migrations.filter(({ ledgerKey }) => ledgerKey?.change === change)[place];
    return namesake === undefined ? { value: change, state: 'applied' } : { value: namesake.revision, state: 'applied', checksum: `change ${id}` };
  });
}
