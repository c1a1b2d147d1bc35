import type { Balances } from '../../../config/schema.ts';
import type { Session } from '../../../core/ports.ts';
import { quoteIdentifier } from '../../../sql/quote.ts';
import { counted, countedRows } from '../counted.ts';
import { constraintsOff, triggersOff } from '../guards-off.ts';
import { hasRows } from '../has-rows.ts';
import { doubtful, type Plan, reading } from '../probe.ts';
import { noSuchTable, readTable } from '../table-facts.ts';

/** Amounts sum to zero, or debits equal credits, in each group of rows. Broken by one amount that is one more. Throws SqlError. */
export async function planBalances(session: Session, { table: given, amount, debit, credit, groupBy }: Balances): Promise<Plan> {
  const table = await readTable(session, given);
  if (table === undefined) return noSuchTable(given);
  if (!(await hasRows(session, table.name))) return doubtful(`${table.name} has no rows, and nothing always balances`, 'Rehearse on data that has rows of it.');
  const keys = groupBy.map(quoteIdentifier);
  const grouped = keys.length === 0 ? '' : ` group by ${keys.join(', ')}`;
  // Amounts that are all null sum to null, which is not balanced: a migration may have lost them.
  const [unbalanced, shown, changed] =
    amount !== undefined
      ? [`sum(${quoteIdentifier(amount)}) is distinct from 0`, `sum(${quoteIdentifier(amount)}) as sum`, quoteIdentifier(amount)]
      : debitsAndCredits(quoteIdentifier(debit ?? ''), quoteIdentifier(credit ?? ''));
  const rest = `from ${table.name}${grouped} having ${unbalanced}`;
  const oneMore = `update ${table.name} set ${changed} = coalesce(${changed}, 0) + 1 where (tableoid, ctid) = (select tableoid, ctid from ${table.name} limit 1)`;
  return {
    probes: [
      {
        subject: `sums of ${table.name}`,
        check: { ...reading(`select pg_catalog.count(*) from (select ${rest} limit ${countedRows}) as unbalanced`) },
        ...counted(0, keys.length === 0 ? 'imbalance' : 'unbalanced group'),
        breakings: async () => [
          {
            what: `${changed} of one row of ${table.name} made one more`,
            statements: [...triggersOff(table), ...(await constraintsOff(session, table)), oneMore],
          },
        ],
        showSql: `select ${[...keys, shown].join(', ')}\nfrom ${table.name}${grouped}\nhaving ${unbalanced}${keys.length === 0 ? '' : `\norder by ${keys.join(', ')}\nlimit 100`};`,
        cure: 'Correct the migration that changed the amounts, or lost a side of an entry.',
      },
    ],
    doubts: [],
    remarks: [],
    warnings: [],
    reads: [
      reading(`select ${[...keys, ...(amount === undefined ? [debit ?? '', credit ?? ''].map(quoteIdentifier) : [changed])].join(', ')} from ${table.name}`),
    ],
  };
}

function debitsAndCredits(debit: string, credit: string): readonly [unbalanced: string, shown: string, changed: string] {
  const unbalanced = `coalesce(sum(${debit}), 0) <> coalesce(sum(${credit}), 0) or (sum(${debit}) is null and sum(${credit}) is null)`;
  return [unbalanced, `sum(${debit}) as debit, sum(${credit}) as credit`, debit];
}
