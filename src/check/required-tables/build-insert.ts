import type { Session } from '../../core/ports.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { freshValue, isNumber } from './fresh-value.ts';
import { type RequiredColumn, type RequiredForeignKey, type RequiredTableFacts, readTable } from './read-table.ts';

export type BuiltInsert = { readonly kind: 'built'; readonly sql: string } | { readonly kind: 'not-built'; readonly why: string };

/** Parents of parents may have to be made, too; further up somebody should write the INSERT by hand. */
const deepest = 4;

/** A row of the table, as texts: what exists fits every check, enum and foreign key. */
export type Template = Readonly<Record<string, string | null>>;

/**
 * Builds an INSERT that gives a table a further row with no more than it asks for. Values are those of a row that is there, where there is one; what has to be
 * unique is made up; keys of other tables are taken from these, or rows are made there.
 *
 * @param session a superuser's, in a transaction that is rolled back: parents may be inserted. Throws SqlError.
 */
export async function buildInsert(session: Session, table: RequiredTableFacts, template: Template | undefined, depth = 0): Promise<BuiltInsert> {
  const needed = table.columns.filter((column) => column.needed);
  const values = new Map<number, string>();
  for (const column of needed) {
    const text = template?.[column.name];
    if (text !== undefined && text !== null) values.set(column.number, cast(text, column));
  }
  if (template === undefined) {
    for (const key of table.foreignKeys) {
      const why = await fillKey(session, table, key, values, depth);
      if (why !== undefined) return { kind: 'not-built', why };
    }
  }
  const ofKeys = new Set(table.foreignKeys.flatMap(({ columns }) => columns));
  for (const column of needed) {
    if (values.has(column.number)) continue;
    const value = await makeUp(session, table, column, true);
    if (value === undefined) return { kind: 'not-built', why: `no value is known for ${column.name}, which is of type ${column.type}` };
    values.set(column.number, value);
  }
  const fresh = new Set<number>();
  for (const unique of table.uniques) {
    // A column that the database fills in, or leaves null, makes the row one of its own.
    if (unique.some((number) => !values.has(number) || fresh.has(number))) continue;
    const why = await makeUnique(session, table, unique, ofKeys, values, fresh, depth);
    if (why !== undefined) return { kind: 'not-built', why };
  }
  return { kind: 'built', sql: insertInto(table, values) };
}

function insertInto(table: RequiredTableFacts, values: ReadonlyMap<number, string>): string {
  if (values.size === 0) return `insert into ${table.sqlName} default values`;
  const columns = table.columns.filter(({ number }) => values.has(number));
  return `insert into ${table.sqlName} (${columns.map(({ name }) => quoteIdentifier(name)).join(', ')}) values (${columns.map(({ number }) => values.get(number)).join(', ')})`;
}

function cast(text: string, { type }: RequiredColumn): string {
  return `${quoteLiteral(text)}::${type}`;
}

async function makeUp(session: Session, table: RequiredTableFacts, column: RequiredColumn, free: boolean): Promise<string | undefined> {
  const inUnique = table.uniques.some((unique) => unique.includes(column.number));
  let largest: string | undefined;
  if (isNumber(column) && (!free || inUnique)) {
    const [row] = await session.query<{ largest: string | null }>(
      `select pg_catalog.max(${quoteIdentifier(column.name)})::text as largest from ${table.sqlName}`,
    );
    largest = row?.largest ?? undefined;
  }
  return freshValue(column, largest, free && !inUnique) ?? (free ? freshValue(column, largest, true) : undefined);
}

async function makeUnique(
  session: Session,
  table: RequiredTableFacts,
  unique: readonly number[],
  ofKeys: ReadonlySet<number>,
  values: Map<number, string>,
  fresh: Set<number>,
  depth: number,
): Promise<string | undefined> {
  const columns = unique.flatMap((number) => table.columns.find((column) => column.number === number) ?? []);
  for (const column of columns) {
    if (ofKeys.has(column.number)) continue;
    const value = await makeUp(session, table, column, false);
    if (value === undefined) continue;
    values.set(column.number, value);
    fresh.add(column.number);
    return undefined;
  }
  for (const key of table.foreignKeys) {
    const [number] = key.columns;
    if (key.columns.length !== 1 || number === undefined || !unique.includes(number) || key.parentOid === table.oid) continue;
    const value = (await unusedKey(session, table, key, unique, values)) ?? (await keyOfNewParent(session, key, depth));
    if (value === undefined) continue;
    values.set(number, value);
    fresh.add(number);
    return undefined;
  }
  return `no further value is known for ${columns.map(({ name }) => name).join(', ')}, which must be unique`;
}

/** A parent that has no row here yet, next to the other values. */
async function unusedKey(
  session: Session,
  table: RequiredTableFacts,
  { columns, parent, parentColumns }: RequiredForeignKey,
  unique: readonly number[],
  values: ReadonlyMap<number, string>,
): Promise<string | undefined> {
  const named = (number: number) => quoteIdentifier(table.columns.find((column) => column.number === number)?.name ?? '');
  const [own = 0] = columns;
  const key = quoteIdentifier(parentColumns[0] ?? '');
  const same = unique.map((number) => `c.${named(number)} = ${number === own ? `p.${key}` : (values.get(number) ?? 'null')}`);
  const [row] = await session.query<{ key: string }>(
    `select p.${key}::text as key from ${parent} p where not exists (select from ${table.sqlName} c where ${same.join(' and ')}) limit 1`,
  );
  const column = table.columns.find(({ number }) => number === own);
  return row === undefined || column === undefined ? undefined : cast(row.key, column);
}

async function keyOfNewParent(session: Session, { parentOid, parentColumns }: RequiredForeignKey, depth: number): Promise<string | undefined> {
  const made = await insertParent(session, parentOid, parentColumns, depth);
  const key = 'keys' in made ? made.keys[0] : undefined;
  return key === undefined ? undefined : quoteLiteral(key);
}

/** @returns why the key's columns can't be filled. */
async function fillKey(
  session: Session,
  table: RequiredTableFacts,
  { columns, parent, parentOid, parentColumns }: RequiredForeignKey,
  values: Map<number, string>,
  depth: number,
): Promise<string | undefined> {
  const own = columns.map((number) => table.columns.find((column) => column.number === number));
  // With one column null, nothing is asked of the others.
  if (own.some((column) => column?.needed !== true) || own.every((column) => column !== undefined && values.has(column.number))) return undefined;
  const wanted = own.flatMap((column, place) => {
    const value = column === undefined ? undefined : values.get(column.number);
    return value === undefined ? [] : [`${quoteIdentifier(parentColumns[place] ?? '')} = ${value}`];
  });
  const names = parentColumns.map((name, place) => `${quoteIdentifier(name)}::text as k${place}`);
  const where = wanted.length === 0 ? '' : ` where ${wanted.join(' and ')}`;
  const [row] = await session.query<Record<string, string>>(`select ${names.join(', ')} from ${parent}${where} limit 1`);
  let keys: readonly string[] | undefined = row === undefined ? undefined : Object.values(row);
  if (keys === undefined) {
    if (parentOid === table.oid) return `${table.sqlName} refers to itself and is empty`;
    if (wanted.length > 0) return `no row of ${parent} fits several foreign keys at once`;
    const made = await insertParent(session, parentOid, parentColumns, depth);
    if ('why' in made) return made.why;
    keys = made.keys;
  }
  for (const [place, column] of own.entries()) if (column !== undefined) values.set(column.number, cast(keys[place] ?? '', column));
  return undefined;
}

async function insertParent(
  session: Session,
  oid: string,
  columns: readonly string[],
  depth: number,
): Promise<{ readonly keys: readonly string[] } | { readonly why: string }> {
  const parent = await readTable(session, { oid });
  if (parent === undefined || depth >= deepest) return { why: `rows of too many other tables would have to be made first` };
  const template = await readTemplate(session, parent);
  const built = await buildInsert(session, parent, template, depth + 1);
  if (built.kind === 'not-built') return { why: `a row of ${parent.sqlName} would be needed: ${built.why}` };
  const returning = columns.map((name, place) => `${quoteIdentifier(name)}::text as k${place}`);
  const [row] = await session.query<Record<string, string>>(`${built.sql} returning ${returning.join(', ')}`);
  return row === undefined ? { why: `a row of ${parent.sqlName} could not be made` } : { keys: Object.values(row) };
}

/** A row of the table, as far as it is needed for another one; as whoever the session is. Throws SqlError. */
export async function readTemplate(session: Session, table: RequiredTableFacts): Promise<Template | undefined> {
  const needed = table.columns.filter((column) => column.needed);
  if (needed.length === 0) return undefined;
  const [row] = await session.query<Template>(
    `select ${needed.map(({ name }) => `${quoteIdentifier(name)}::text as ${quoteIdentifier(name)}`).join(', ')} from ${table.sqlName} limit 1`,
  );
  return row;
}
