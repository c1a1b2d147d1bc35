import pg from 'pg';
import { makeValue } from './make-value.ts';
import { mayBeNull, orderTables, type Step } from './order-tables.ts';
import { Random } from './random.ts';
import { type ForeignKey, readTables, type Table } from './read-tables.ts';

export interface GenerateOptions {
  readonly seed: string;
  readonly rowsPerTable: number;
  /** Tables left alone, qualified and quoted as Postgres would, such as a migration tool's own. */
  readonly exclude?: readonly string[];
}

export interface TableReport {
  readonly table: string;
  readonly rows: number;
  /** The last refusal, where fewer rows than asked for were accepted. */
  readonly refused?: string;
}

/** How often another candidate is tried for one row. */
const attempts = 20;
/** A table that has refused this many rows in a row is given up. */
const patience = 10;

type Values = Map<string, string | null>;

/**
 * Fills a schema that it has never seen: types, NOT NULL, enums and lengths come from the catalog, foreign keys from rows that are there, and
 * unique keys, checks and triggers decide by accepting or refusing a candidate. The same seed and schema give the same rows.
 */
export async function generateRows(client: pg.Client, options: GenerateOptions): Promise<readonly TableReport[]> {
  const tables = (await readTables(client)).filter((table) => !options.exclude?.includes(table.name));
  const steps = orderTables(tables);
  const reports: TableReport[] = [];
  await client.query('begin');
  await client.query('set constraints all deferred');
  for (const step of steps) reports.push(await fillTable(client, step, options));
  for (const step of steps) for (const key of step.later) await fillLater(client, step.table, key);
  await client.query('commit');
  return reports;
}

async function fillTable(client: pg.Client, step: Step, options: GenerateOptions): Promise<TableReport> {
  const { table } = step;
  const referenced = new Map<ForeignKey, Values[]>();
  for (const key of step.now) if (key.target !== table.name) referenced.set(key, await readKeys(client, key));
  let rows = 0;
  let refusedInARow = 0;
  let refused: string | undefined;
  for (let row = 0; row < options.rowsPerTable && refusedInARow < patience; row++) {
    // A table may refer to itself: its earlier rows are there by then.
    if ((row & (row - 1)) === 0) for (const key of step.now) if (key.target === table.name) referenced.set(key, await readKeys(client, key));
    const answer = await insertRow(client, step, referenced, row, options.seed);
    if (answer === undefined) rows++;
    else refused = answer;
    refusedInARow = answer === undefined ? 0 : refusedInARow + 1;
  }
  return { table: table.name, rows, ...(rows === options.rowsPerTable || refused === undefined ? {} : { refused }) };
}

/** Tries candidates for one row until one is accepted; otherwise why the last was refused. */
async function insertRow(client: pg.Client, step: Step, referenced: ReadonlyMap<ForeignKey, Values[]>, row: number, seed: string): Promise<string | undefined> {
  let refused: string | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const values = candidate(step, referenced, row, attempt, new Random(seed, step.table.name, row, attempt));
    if (typeof values === 'string') return values;
    const names = [...values.keys()];
    const sql =
      names.length === 0
        ? `insert into ${step.table.name} default values`
        : `insert into ${step.table.name} (${names.map((name) => pg.escapeIdentifier(name)).join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`;
    await client.query('savepoint candidate');
    try {
      await client.query(sql, [...values.values()]);
      await client.query('release savepoint candidate');
      return undefined;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      refused = error.message;
      await client.query('rollback to savepoint candidate');
    }
  }
  return refused;
}

function candidate(step: Step, referenced: ReadonlyMap<ForeignKey, Values[]>, row: number, attempt: number, random: Random): Values | string {
  const { table } = step;
  const values: Values = new Map();
  for (const key of step.now) {
    const keys = referenced.get(key) ?? [];
    if (mayBeNull(table, key) && (keys.length === 0 || random.chance(0.2))) {
      for (const name of key.columns) values.set(name, null);
      continue;
    }
    if (keys.length === 0 && key.target !== table.name) return `${key.target} has no rows to refer to`;
    // Where the reference is unique, each target may be used once: take them in turn.
    const inTurn = table.uniqueKeys.some((unique) => unique.every((name) => key.columns.includes(name)));
    const chosen = inTurn ? keys[(row + attempt) % keys.length] : keys.length === 0 ? undefined : random.pick(keys);
    if (chosen !== undefined) for (const [name, value] of chosen) values.set(name, value);
  }
  for (const key of step.later) for (const name of key.columns) if (!isNotNull(table, name)) values.set(name, null);
  for (const column of table.columns) {
    if (values.has(column.name) || column.filledByServer) continue;
    if (column.hasDefault && random.chance(0.4)) continue;
    values.set(column.name, makeValue(column, random, row, attempt));
  }
  // A row that has to refer to a row of its own table, and there is none yet, refers to itself.
  for (const key of step.now) {
    if (key.target !== table.name || mayBeNull(table, key) || (referenced.get(key) ?? []).length > 0) continue;
    key.columns.forEach((name, index) => {
      values.set(name, values.get(key.targetColumns[index] ?? '') ?? null);
    });
  }
  return values;
}

function isNotNull(table: Table, column: string): boolean {
  return table.columns.some((known) => known.name === column && known.notNull);
}

/** Keys that a foreign key may refer to, named by the referring columns; text, so that nothing is lost on the way. */
async function readKeys(client: pg.Client, key: ForeignKey): Promise<Values[]> {
  const columns = key.targetColumns.map((name) => `${pg.escapeIdentifier(name)}::text`).join(', ');
  const order = key.targetColumns.map((name) => pg.escapeIdentifier(name)).join(', ');
  const complete = key.targetColumns.map((name) => `${pg.escapeIdentifier(name)} is not null`).join(' and ');
  const result = await client.query<string[]>({
    text: `select ${columns} from ${key.target} where ${complete} order by ${order} limit 1000`,
    rowMode: 'array',
  });
  return result.rows.map((row) => new Map(key.columns.map((name, index) => [name, row[index] ?? null])));
}

/** Closes a ring: every other row gets a reference, if the table that it points to accepts it. */
async function fillLater(client: pg.Client, table: Table, key: ForeignKey): Promise<void> {
  const keys = await readKeys(client, key);
  const chosen = keys[0];
  if (chosen === undefined || !mayBeNull(table, key)) return;
  const names = [...chosen.keys()];
  await client.query('savepoint later');
  try {
    const set = names.map((name, index) => `${pg.escapeIdentifier(name)} = $${index + 1}`).join(', ');
    await client.query(`update ${table.name} set ${set} where ctid in (select ctid from ${table.name} order by ctid limit $${names.length + 1})`, [
      ...chosen.values(),
      keys.length,
    ]);
    await client.query('release savepoint later');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('rollback to savepoint later');
  }
}
