import type { Session } from '../core/ports.ts';
import { unreachable } from '../core/result.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import type { LedgerTable } from './ledger-table.ts';

/** One row of a ledger. `unfinished`: begun and not ended, which makes most tools refuse to go on. `reverted`: rolled back since. */
export interface LedgerRow {
  readonly value: string;
  readonly state: 'applied' | 'unfinished' | 'reverted';
  /** What the tool recorded of the file: hexadecimal SHA-256 (Prisma) or SHA-384 (sqlx). */
  readonly checksum?: string;
}

/**
 * Reads what production recorded: at most one row for each value, the newest state winning, in the ledger's own order where it has one.
 * goose's version 0, which stands for "the table was made", is left out. Throws SqlError.
 */
export async function readLedger(session: Session, ledger: LedgerTable): Promise<readonly LedgerRow[]> {
  const rows = await session.query<{ value: string; state: LedgerRow['state']; checksum: string | null }>(ledgerQuery(ledger));
  const byValue = new Map<string, LedgerRow>();
  for (const { value, state, checksum } of rows) {
    if (ledger.shape === 'goose' && value === '0') continue;
    const before = byValue.get(value);
    // Prisma keeps the row of an attempt that was rolled back beside the row of the attempt that went well.
    if (ledger.shape === 'prisma' && before?.state === 'applied') continue;
    byValue.set(value, { value, state, ...(checksum === null ? {} : { checksum }) });
  }
  return [...byValue.values()];
}

/** Every value of a ledger's column with its state, oldest first where the table has an order. */
function ledgerQuery(ledger: LedgerTable): string {
  const column = `l.${quoteIdentifier(ledger.column)}`;
  const names = new Set(ledger.columns.map(({ name }) => name));
  const order = ['id', 'installed_rank', 'started_at', 'tstamp'].filter((name) => names.has(name) && ledger.shape !== 'plain').map((name) => `l.${name}`);
  return `
select ${column}::text as value, ${stateExpression(ledger)} as state, ${checksumExpression(ledger)} as checksum
from ${ledger.sqlName} l
where ${column} is not null
order by ${[...(ledger.shape === 'prisma' ? ['l.started_at'] : order), '1'].join(', ')}`;
}

function stateExpression({ shape }: LedgerTable): string {
  switch (shape) {
    case 'prisma':
      return `case when l.rolled_back_at is not null then 'reverted' when l.finished_at is null then 'unfinished' else 'applied' end`;
    case 'goose':
      return `case when l.is_applied then 'applied' else 'reverted' end`;
    case 'success-flag':
      return `case when l.success then 'applied' else 'unfinished' end`;
    case 'current':
      return `case when l.dirty then 'unfinished' else 'applied' end`;
    case 'plain':
    case 'head':
      return `'applied'`;
    default:
      return unreachable(shape);
  }
}

function checksumExpression({ shape, columns }: LedgerTable): string {
  const type = columns.find(({ name }) => name === 'checksum')?.type;
  if (shape === 'prisma' && type !== undefined) return 'l.checksum::text';
  // sqlx; other tools with a success flag (Flyway) store a CRC, which is made from lines and not from bytes.
  return shape === 'success-flag' && type === 'bytea' ? `encode(l.checksum, 'hex')` : 'null::text';
}
