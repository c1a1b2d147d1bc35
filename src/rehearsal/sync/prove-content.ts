import { rowHash } from '../../copy/parity/row-hash.ts';
import { type HashWay, hashWayOf, valueHash } from '../../copy/parity/value-hash.ts';
import { countOf } from '../../core/count-of.ts';
import { RelayError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import type { ArrivedRows, RowsProof } from '../../sync/tables/fill-tables.ts';
import { TableError } from '../../sync/tables/send-steps.ts';
import { ContentDiffers } from '../../sync/tables/sync-error.ts';
import type { TableFacts } from '../../sync/tables/table-facts.ts';
import { rowsOf } from '../../sync/tables/table-sql.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';

interface ComparedColumn {
  readonly name: string;
  readonly way: HashWay;
  /** SQL over production's row, of the type that is compared. */
  readonly there: string;
  readonly here: string;
  /** Both sides’ own column, as it is. */
  readonly isPlain: boolean;
  /** `seldom` where both sides say NOT NULL, which PostgreSQL 18 may say of a column that holds nulls from before. */
  readonly nulls: 'seldom' | 'some';
}

/** How values of each type that is compared are hashed. */
export type HashWays = ReadonlyMap<string, HashWay>;

const waysQuery = `
  select w.type, ${hashWayOf} as way
    from pg_catalog.unnest($1::text[]) as w(type)
    join pg_catalog.pg_type t on t.oid = w.type::pg_catalog.regtype
    left join pg_catalog.pg_proc o on o.oid = t.typoutput and o.pronamespace = 'pg_catalog'::regnamespace`;

/** Asked once for all tables. Throws SqlError. */
export async function readHashWays(session: Session, tasks: readonly TableTask[]): Promise<HashWays> {
  const types = [...new Set(tasks.flatMap(({ columns }) => columns.map(({ comparedAs }) => comparedAs)))];
  const rows = await session.query<{ type: string; way: HashWay }>(waysQuery, [types]);
  return new Map(rows.map(({ type, way }) => [type, way]));
}

/** Throws SqlError. */
export async function writesOtherwise(session: Session, encoding: string): Promise<boolean> {
  const [row] = await session.query<{ encoding: string }>("select pg_catalog.current_setting('server_encoding') as encoding");
  return row?.encoding !== encoding;
}

export interface Proving {
  /** At production's snapshot. */
  readonly reader: Session;
  /** In the transaction that brought the rows. */
  readonly writer: Session;
  readonly ways: HashWays;
  /** Both databases write texts in another encoding. */
  readonly recoded: boolean;
  readonly parity: 'content' | 'counts';
}

/** Tables that are asked about in one statement. */
const atOnce = 64;

/** Of fewer rows, to plan a statement that has a short way for rows without a null costs more than that way saves. */
const fewRows = 2_000;

/**
 * Whether staging has what production gives, told within the transaction that brought it: as many rows, and the same hash over every value of every column that
 * was copied, as it is masked and converted. Both sides work at the same time. Throws TableError: of ContentDiffers, which names the columns, and of SqlError.
 */
export async function proveContent(tables: readonly ArrivedRows[], proving: Proving): Promise<readonly RowsProof[]> {
  const proofs: RowsProof[] = [];
  for (let at = 0; at < tables.length; at += atOnce) proofs.push(...(await proveSome(tables.slice(at, at + atOnce), proving)));
  return proofs;
}

async function proveSome(tables: readonly ArrivedRows[], { reader, writer, ways, recoded, parity }: Proving): Promise<readonly RowsProof[]> {
  const asked = tables.map(({ task, rows }) => ({ task, rows, columns: parity === 'counts' ? [] : compared(task, ways, recoded) }));
  const of = (side: 'there' | 'here') => asked.map(({ task, rows, columns }) => hashQuery(columns, side, side === 'there' ? rowsOf(task.from) : rows));
  const [there, here] = await bothSides(hashAll(reader, of('there')), hashAll(writer, of('here')), asked[0]?.task);
  const proofs: RowsProof[] = [];
  for (const [place, { task, rows, columns }] of asked.entries()) {
    const [left, right] = [there.get(place), here.get(place)];
    if (left === undefined || right === undefined) throw new Error('an aggregate gave no row');
    if (left.rows !== right.rows)
      throw new TableError(task, new ContentDiffers(`production gives ${countOf(BigInt(left.rows), 'row')}, and ${right.rows} are on staging`));
    if (left.sum !== right.sum) {
      const named = await differing(reader, writer, columns, rowsOf(task.from), rows);
      const where = named.length === 0 ? ': values stand in other rows' : ` in ${named.join(', ')}`;
      throw new TableError(task, new ContentDiffers(`staging doesn’t hold what production gives${where}`));
    }
    const counted = countOf(BigInt(right.rows), 'row');
    const hashed = `${countOf(columns.length, 'column')}: the same hash on both sides`;
    proofs.push({ said: parity === 'counts' ? `${counted} on both sides` : `${counted}, ${hashed}`, rows: Number(right.rows) });
  }
  return proofs;
}

/** Neither session may be given up while it is still being asked. */
async function bothSides<T>(production: Promise<T>, staging: Promise<T>, task: TableTask | undefined): Promise<readonly [T, T]> {
  const [there, here] = await Promise.allSettled([production, staging]);
  const wrong = (error: unknown) => (task === undefined ? error : new TableError(task, error));
  if (here.status === 'rejected') throw wrong(here.reason);
  if (there.status === 'rejected') throw wrong(new RelayError('source', 0, there.reason));
  return [there.value, here.value];
}

interface HashedRows {
  readonly place: number;
  readonly rows: string;
  readonly sum: string | null;
}

async function hashAll(session: Session, queries: readonly string[]): Promise<ReadonlyMap<number, HashedRows>> {
  const rows = await session.query<HashedRows>(queries.map((query, place) => `select ${place} as place, ${query}`).join(' union all '));
  return new Map(rows.map((row) => [row.place, row]));
}

/** Ways that hash a text as the bytes that its database writes. */
const byText: ReadonlySet<HashWay> = new Set(['text', 'character', 'padded', 'cast', 'output']);

/** Letters, not bytes: as both would write them in UTF-8. */
function inUtf8(column: ComparedColumn): ComparedColumn {
  const bytes = (value: string) => `pg_catalog.convert_to((${value})::pg_catalog.text, 'UTF8')`;
  return { ...column, way: 'digest', there: bytes(column.there), here: bytes(column.here), isPlain: false };
}

function compared(task: TableTask, ways: HashWays, recoded: boolean): readonly ComparedColumn[] {
  const columns = comparedAsStored(task, ways);
  return recoded ? columns.map((column) => (byText.has(column.way) ? inUtf8(column) : column)) : columns;
}

function comparedAsStored({ columns, from, to }: TableTask, ways: HashWays): readonly ComparedColumn[] {
  const hasManyRows = Math.max(from.liveRows, from.estimatedRows) >= fewRows;
  return columns.map(({ name, give, isPlain, comparedAs }) => {
    const column = quoteIdentifier(name);
    const known = (table: TableFacts) => table.columns.find((one) => one.name === name);
    const isSame = known(to)?.bareType === comparedAs;
    const isAsked = isPlain && isSame;
    return {
      ...{ name, way: ways.get(comparedAs) ?? 'cast', isPlain: isAsked },
      ...{ there: isAsked ? column : `(${give})::${comparedAs}`, here: isSame ? column : `${column}::${comparedAs}` },
      nulls: hasManyRows && isAsked && known(from)?.notNull === true && known(to)?.notNull === true ? 'seldom' : 'some',
    };
  });
}

/** What follows `select`. */
function hashQuery(columns: readonly ComparedColumn[], side: 'there' | 'here', from: string): string {
  if (columns.length === 0) return `pg_catalog.count(*)::text as rows, null::text as sum from ${from}`;
  const hashed = (values: readonly string[]) =>
    rowHash(
      columns.map(({ way, nulls }, at) => {
        const value = values[at] ?? '';
        return { way, nulls, value, hash: valueHash(value, way) };
      }),
    );
  const sum = (values: readonly string[]) => `pg_catalog.count(*)::text as rows, pg_catalog.sum(${hashed(values)})::text as sum`;
  if (columns.every(({ isPlain }) => isPlain)) return `${sum(columns.map((column) => column[side]))} from ${from}`;
  // Keeps what is masked or converted from being worked out more than once.
  const given = columns.map((column, at) => `${column[side]} as v${at}`).join(', ');
  return `${sum(columns.map((_, at) => `v${at}`))} from (select ${given} from ${from} offset 0) as given`;
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
