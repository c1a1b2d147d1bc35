import { type Content, contentOf, type TableContent } from '../../check/preservation/content.ts';
import type { DeclaredContentChange } from '../../check/preservation/declared-change.ts';
import { type ColumnFate, followColumns, freshColumns, type Place } from '../../check/preservation/follow-columns.ts';
import { isLedger, judgePreservation } from '../../check/preservation/judge-preservation.ts';
import { readLargeObjects } from '../../check/preservation/large-objects.ts';
import { readColumns, type TablePlace } from '../../check/preservation/read-columns.ts';
import { readSampleKeys, sampleKeyNow } from '../../check/preservation/read-sample-keys.ts';
import { reportPreservation } from '../../check/preservation/report-preservation.ts';
import { rowQuestions } from '../../check/preservation/row-questions.ts';
import { type TakenName, takenNames } from '../../check/preservation/taken-names.ts';
import { readTypeDefinitions, relabelledEnums } from '../../check/preservation/type-definitions.ts';
import { definersMayHideWrites, mayHideWrites, untouchedTables } from '../../check/preservation/untouched-tables.ts';
import type { RowVolumes } from '../../check/row-bounds/read-row-volumes.ts';
import { rowChanges } from '../../check/row-bounds/row-changes.ts';
import type { Settings } from '../../config/schema.ts';
import { hashAs } from '../../copy/parity/hash-as.ts';
import { hashColumns } from '../../copy/parity/hash-tables.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { countOf } from '../../core/count-of.ts';
import { type TableColumnHashes, tableName } from '../../core/data.ts';
import { FailureError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import { withSession } from '../with-session.ts';
import { type AsBefore, askSameRows } from './ask-same-rows.ts';

/**
 * What every column of a clone holds. Throws SqlError and FailureError.
 *
 * @param known its hashes, where they have just been taken
 * @param sample percent of the rows that are looked at, where not all are
 */
export async function readContent(context: Context, clone: Address, known?: readonly TableColumnHashes[], sample?: number): Promise<Content> {
  const hashes = known ?? (await hashColumns(context, clone, { sample: sample === undefined ? undefined : { percent: sample } }));
  const read = await withSession(context, clone, async (session) =>
    ok({
      places: await readColumns(session),
      keys: await readSampleKeys(session),
      definersHide: await definersMayHideWrites(session),
      types: await readTypeDefinitions(session),
      largeObjects: await readLargeObjects(session),
    }),
  );
  if (!read.ok) throw new FailureError(read.failure);
  const { places, ...rest } = read.value;
  const { keys } = rest;
  const content = { ...contentOf(places, hashes), ...rest };
  if (sample === undefined) return content;
  const sampled = new Set(hashes.filter(({ sampledPercent }) => sampledPercent !== undefined).map(tableName));
  const oids = new Set(places.filter((place) => sampled.has(tableName(place))).map(({ oid }) => oid));
  return { ...content, sample: { percent: sample, keys: new Map([...keys].filter(([oid]) => oids.has(oid))) } };
}

interface Moments {
  /** The role that migrated. */
  readonly role: string;
  readonly content: Content;
  /** What the migrations say of themselves, besides the configuration. */
  readonly declared?: readonly DeclaredContentChange[];
  readonly before: RowVolumes;
  readonly after: RowVolumes;
  /** For questions that only both moments side by side can answer. */
  readonly asBefore: AsBefore;
}

/** Judges what became of the values that a clone held before its migrations ran. Throws SqlError and FailureError. */
export async function judgeContent(
  context: Context,
  clone: Address,
  { data, migrate }: Pick<Settings, 'data' | 'migrate'>,
  moments: Moments,
): Promise<CheckOutcome> {
  const { content, before, after } = moments;
  const { sample } = content;
  const now = await readAgain(context, clone, moments);
  const ledger = migrate.ledger?.table;
  const unfollowed = lostSamples(content, now);
  const below = (table: TableContent) => unfollowed.some(({ oid }) => oid === table.oid || table.stores.includes(oid));
  const fates = (await followAll(context, clone, content, now)).filter(({ table }) => !isLedger(ledger, table) && !below(table));
  const relabelled = relabelledEnums(content.types, now.types);
  const same = new Map<string, boolean>();
  for (const fate of fates) {
    if (fate.fate !== 'changed' || fate.to === undefined) continue;
    const labels = fate.to.column.type === fate.column.type ? relabelled.get(fate.column.type)?.renamed : undefined;
    if (fate.to.column.type === fate.column.type && labels === undefined) continue;
    const read = sample === undefined ? await isReadBack(context, clone, fate, fate.to, labels) : undefined;
    if (read !== undefined) same.set(keyOf(fate), read);
  }
  const readsBack = (fate: ColumnFate) => same.get(keyOf(fate));
  const declared = [...data.contentChanges, ...(moments.declared ?? [])];
  context.emit({ type: 'preserved', report: { ...reportPreservation(fates, declared, readsBack), ...(sample && { sampledPercent: sample.percent }) } });
  const changes = rowChanges(before, after);
  // Of a sample, a hash of rows would choose others.
  const questions = sample === undefined ? rowQuestions(fates, content, now, changes, content.keys ?? new Map()) : [];
  return judgePreservation({
    fates,
    before: content,
    after: now,
    answers: await askSameRows(context, clone, moments.asBefore, questions),
    taken: await findTaken(context, clone, fates, now, sample !== undefined),
    relabelled,
    changes,
    declared,
    ...(ledger === undefined ? {} : { ledger }),
    readsBack,
    sampledPercent: sample?.percent,
    unfollowed,
  });
}

/** Follows columns with the clone at hand: values of another type are read back, and a new column that holds one value only proves nothing. */
async function followAll(context: Context, clone: Address, before: Content, now: Content): Promise<readonly ColumnFate[]> {
  const constant = new Set<string>();
  const first = followColumns(before, now);
  // Whether a column of a table went to another table that tells its rows apart.
  const isCopied = async (copy: TableContent, table: TableContent) => {
    for (const { fate, table: from, column, to } of first) {
      if (fate !== 'moved' || from !== table || to?.table !== copy || to.column.dealt || column.values < 2) continue;
      if (!(await isConstant(context, clone, to))) return true;
    }
    return false;
  };
  for (const { fate, table, column, to } of first) {
    if (fate !== 'moved' || to === undefined) continue;
    // In a copy of the table, what went there with it says whose values they are.
    const beside = to.table.oid !== table.oid && (await isCopied(to.table, table));
    if (!beside && column.values > 1 && (await isConstant(context, clone, to))) constant.add(keyOf(to));
    // Sequences deal the same numbers to whatever rows there are.
    if (!beside && to.column.dealt) constant.add(keyOf(to));
  }
  const proves = (place: Place) => !constant.has(keyOf(place));
  const elsewhere = new Map<string, Place>();
  for (const fate of followColumns(before, now, { proves })) {
    const place =
      fate.fate === 'lost' && before.sample === undefined ? await findRetyped(context, clone, fate, freshColumns(before, now).filter(proves)) : undefined;
    if (place !== undefined) elsewhere.set(keyOf(fate), place);
  }
  return followColumns(before, now, { proves, retyped: (lost) => elsewhere.get(keyOf(lost)) });
}

/** Whether a column holds one value again and again: a default does, and looks like any other column of that kind. */
async function isConstant(context: Context, clone: Address, { table, column }: Place): Promise<boolean> {
  const [from, value] = [qualifiedName(table.schema, table.table), `${quoteIdentifier(column.name)}::text`];
  const read = await withSession(context, clone, async (session) =>
    ok(
      await session.query<{ varies: boolean }>(
        `select exists (select from ${from} where ${value} <> (select ${value} from ${from} where ${value} is not null limit 1)) as varies`,
      ),
    ),
  );
  if (!read.ok) throw new FailureError(read.failure);
  return read.value[0]?.varies !== true;
}

/** Hashes what may have changed. */
async function readAgain(context: Context, clone: Address, { role, content, before, after }: Moments): Promise<Content> {
  const read = await withSession(context, clone, async (session) =>
    ok({
      places: await readColumns(session),
      types: await readTypeDefinitions(session),
      largeObjects: await readLargeObjects(session),
      // A function that was there before may have been called and dropped.
      hides: content.definersHide === true || (await mayHideWrites(session, role)) || (await definersMayHideWrites(session)),
    }),
  );
  if (!read.ok) throw new FailureError(read.failure);
  const { places, types, largeObjects, hides } = read.value;
  const untouched = hides ? new Map() : untouchedTables(content, places, { before, after }, types);
  const names = new Set(places.filter(({ oid }) => untouched.has(oid)).map(tableName));
  context.emit({
    type: 'step',
    phase: 'data-gate',
    text: `hashing again what may have changed: ${untouched.size === 0 ? 'every table' : `all but ${untouched.size} of ${countOf(places.length, 'table')}`}`,
  });
  const keys = keysNow(content, places);
  const sample = content.sample && { percent: content.sample.percent, keyOf: (table: TableCountName) => keys.get(tableName(table)) ?? [] };
  return {
    ...contentOf(places, await hashColumns(context, clone, { wanted: (table) => !names.has(tableName(table)), sample }), untouched),
    types,
    largeObjects,
  };
}

type TableCountName = Parameters<typeof tableName>[0];

/** By table: the columns that choose the rows which were looked at before. Of all others every row is looked at. */
function keysNow({ tables, sample }: Content, places: readonly TablePlace[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    places.flatMap((place): readonly [string, readonly string[]][] => {
      const [numbers, was] = [sample?.keys.get(place.oid), tables.get(place.oid)];
      const names = numbers === undefined || was === undefined ? undefined : sampleKeyNow(numbers, was, place);
      return names === undefined ? [] : [[tableName(place), names]];
    }),
  );
}

/** Tables of which the same rows can't be found any more, since what they were chosen by has changed. */
function lostSamples({ tables, sample }: Content, after: Content): readonly TableContent[] {
  return [...(sample?.keys ?? [])].flatMap(([oid, numbers]) => {
    const [was, is] = [tables.get(oid), after.tables.get(oid)];
    return was === undefined || is === undefined || sampleKeyNow(numbers, was, is) !== undefined ? [] : [was];
  });
}

function keyOf({ table, column }: Place): string {
  return `${table.oid} ${column.number}`;
}

/** How many columns are looked through for the values of one that is gone: each is read once. */
const candidates = 8;

/** A new column of another type that has as many values, and the same ones when they are read as the old type. Nearly everything can be read as a boolean. */
async function findRetyped(context: Context, clone: Address, lost: Place, fresh: readonly Place[]): Promise<Place | undefined> {
  const possible = fresh.filter(
    ({ column }) => column.values === lost.column.values && column.type !== lost.column.type && lost.column.type !== 'boolean' && !column.dealt,
  );
  const near = possible.toSorted((left, right) => Number(right.table.oid === lost.table.oid) - Number(left.table.oid === lost.table.oid));
  for (const place of near.slice(0, candidates)) {
    if ((await isReadBack(context, clone, lost, place)) && (lost.column.values === 1 || !(await isConstant(context, clone, place)))) return place;
  }
  return undefined;
}

/** Undefined where the values can't be read as the old type. */
async function isReadBack(
  context: Context,
  clone: Address,
  { column }: Place,
  { table, column: now }: Place,
  labels?: ReadonlyMap<string, string>,
): Promise<boolean | undefined> {
  const tree = table.stores.some((oid) => oid !== table.oid);
  const read = await hashAs(context, clone, {
    schema: table.schema,
    table: table.table,
    tree,
    column: now.name,
    type: column.type,
    ...(labels !== undefined && { labels }),
  });
  return read === undefined ? undefined : read.values === column.values && BigInt(`0x${read.hash}`) === column.sum;
}

const viewsQuery = `
select n.nspname as schema, v.relname as view
from pg_catalog.pg_class v join pg_catalog.pg_namespace n on n.oid = v.relnamespace
where v.relkind in ('v', 'm') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname collate "C", v.relname collate "C"`;

/** What goes by the names of columns now and isn't what they held, views included. Of a sample, other rows may have been chosen in another table. */
async function findTaken(context: Context, clone: Address, fates: readonly ColumnFate[], now: Content, sampled: boolean): Promise<readonly TakenName[]> {
  const taken: TakenName[] = [];
  for (const one of takenNames(fates, now)) {
    const isOther = one.now.table.oid !== one.fate.table.oid;
    if (sampled && isOther) continue;
    const retyped = one.now.column.type !== one.fate.column.type;
    if (!retyped || sampled || (await isReadBack(context, clone, one.fate, one.now)) !== true) taken.push(one);
  }
  const tables = new Set([...now.tables.values()].map(({ name }) => name));
  const gone = fates.filter(({ fate, table, column }) => (fate === 'kept' || fate === 'moved') && !tables.has(table.name) && !column.generated);
  if (sampled || gone.length === 0) return taken;
  const read = await withSession(context, clone, async (session) => ok(await session.query<{ schema: string; view: string }>(viewsQuery)));
  if (!read.ok) throw new FailureError(read.failure);
  const views = new Set(read.value.map(({ schema, view }) => tableName({ schema, table: view })));
  for (const fate of gone.filter(({ table }) => views.has(table.name))) {
    const { table, column } = fate;
    const seen = await hashAs(context, clone, { schema: table.schema, table: table.table, tree: true, column: column.name, type: column.type });
    // A column that the view leaves out is the schema's to tell.
    if (seen === undefined) continue;
    const [values, sum] = [seen.values, BigInt(`0x${seen.hash}`)];
    const view: TableContent = { ...table, oid: `view ${table.oid}`, kind: 'view' };
    if (values !== column.values || sum !== column.sum) taken.push({ fate, now: { table: view, column: { ...column, values, sum } } });
  }
  return taken;
}
