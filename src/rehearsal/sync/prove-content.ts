import { rowHash } from '../../copy/parity/row-hash.ts';
import { type HashWay, hashWayOf, valueHash } from '../../copy/parity/value-hash.ts';
import type { Session } from '../../core/ports.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { ContentDiffers } from '../../sync/tables/sync-error.ts';
import { rowsOf } from '../../sync/tables/table-sql.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';

interface ComparedColumn {
  readonly name: string;
  readonly way: HashWay;
  /** SQL over production's row, of the type that is compared. */
  readonly there: string;
  readonly here: string;
}

/** How each type that is compared is hashed. */
const waysQuery = `
  select w.type, ${hashWayOf} as way
    from pg_catalog.unnest($1::text[]) as w(type)
    join pg_catalog.pg_type t on t.oid = w.type::pg_catalog.regtype
    left join pg_catalog.pg_proc o on o.oid = t.typoutput and o.pronamespace = 'pg_catalog'::regnamespace`;

/**
 * Whether staging has what production gives, told within the transaction that brought it: as many rows, and the same hash over every value of every column that
 * was copied, as it is masked and converted. Throws ContentDiffers, which names the columns.
 *
 * @param rows SQL: where staging's rows are
 */
export async function proveContent(reader: Session, writer: Session, task: TableTask, rows: string, parity: 'content' | 'counts'): Promise<string> {
  const count = async (session: Session, from: string) =>
    (await session.query<{ rows: string }>(`select pg_catalog.count(*) as rows from ${from}`))[0]?.rows ?? '0';
  if (parity === 'counts') {
    const [there, here] = [await count(reader, rowsOf(task.from)), await count(writer, rows)];
    if (there !== here) throw new ContentDiffers(`production has ${there} rows, and ${here} are on staging`);
    return `${here} rows on both sides`;
  }
  const columns = await compared(writer, task);
  const [there] = await reader.query<HashedRows>(hashQuery(columns, 'there', rowsOf(task.from)));
  const [here] = await writer.query<HashedRows>(hashQuery(columns, 'here', rows));
  if (there === undefined || here === undefined) throw new Error('an aggregate gave no row');
  if (there.rows !== here.rows) throw new ContentDiffers(`production gives ${there.rows} rows, and ${here.rows} are on staging`);
  if (there.sum !== here.sum) {
    const named = await differing(reader, writer, columns, rowsOf(task.from), rows);
    throw new ContentDiffers(`staging doesn’t hold what production gives${named.length === 0 ? ': values stand in other rows' : ` in ${named.join(', ')}`}`);
  }
  return `${here.rows} rows, ${columns.length} ${columns.length === 1 ? 'column' : 'columns'}: the same hash on both sides`;
}

interface HashedRows {
  readonly rows: string;
  readonly sum: string | null;
}

async function compared(writer: Session, { columns, to }: TableTask): Promise<readonly ComparedColumn[]> {
  const types = [...new Set(columns.map(({ comparedAs }) => comparedAs))];
  const ways = new Map((await writer.query<{ type: string; way: HashWay }>(waysQuery, [types])).map(({ type, way }) => [type, way]));
  return columns.map(({ name, give, isPlain, comparedAs }) => {
    const column = quoteIdentifier(name);
    const isSame = to.columns.find((one) => one.name === name)?.bareType === comparedAs;
    const here = isSame ? column : `${column}::${comparedAs}`;
    return { name, way: ways.get(comparedAs) ?? 'cast', there: isPlain && isSame ? column : `(${give})::${comparedAs}`, here };
  });
}

function hashQuery(columns: readonly ComparedColumn[], side: 'there' | 'here', from: string): string {
  const values = columns.map((column, at) => `${column[side]} as v${at}`);
  const parts = columns.map(({ way }, at) => ({ way, value: `v${at}`, hash: valueHash(`v${at}`, way), nulls: 'some' as const }));
  // offset 0 keeps what is masked or converted from being worked out more than once.
  return `select pg_catalog.count(*)::text as rows, pg_catalog.sum(${rowHash(parts)})::text as sum from (select ${values.join(', ')} from ${from} offset 0) as given`;
}

async function differing(reader: Session, writer: Session, columns: readonly ComparedColumn[], from: string, rows: string): Promise<readonly string[]> {
  const ask = async (session: Session, side: 'there' | 'here', table: string) => {
    const sums = columns.map(({ way }, at) => `pg_catalog.sum(${valueHash(`v${at}`, way)})::text`);
    const values = columns.map((column, at) => `${column[side]} as v${at}`);
    const [row] = await session.query<{ sums: (string | null)[] }>(
      `select array[${sums.join(', ')}] as sums from (select ${values.join(', ')} from ${table} offset 0) as given`,
    );
    return row?.sums ?? [];
  };
  const [there, here] = [await ask(reader, 'there', from), await ask(writer, 'here', rows)];
  return columns.filter((_, at) => there[at] !== here[at]).map(({ name }) => name);
}
