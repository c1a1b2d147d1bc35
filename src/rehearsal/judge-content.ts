import { type Content, contentOf } from '../check/preservation/content.ts';
import { type ColumnFate, followColumns } from '../check/preservation/follow-columns.ts';
import { judgePreservation } from '../check/preservation/judge-preservation.ts';
import { readColumns } from '../check/preservation/read-columns.ts';
import { mayHideWrites, untouchedTables } from '../check/preservation/untouched-tables.ts';
import type { RowVolumes } from '../check/row-bounds/read-row-volumes.ts';
import { rowChanges } from '../check/row-bounds/row-changes.ts';
import type { Settings } from '../config/schema.ts';
import { hashAs } from '../copy/parity/hash-as.ts';
import { hashTables } from '../copy/parity/hash-tables.ts';
import type { CheckOutcome } from '../core/check-outcome.ts';
import { type TableHash, tableName } from '../core/data.ts';
import { FailureError } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { ok } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { withSession } from './with-session.ts';

/**
 * What every column of a clone holds. Throws SqlError and FailureError.
 *
 * @param known its hashes, where they have just been taken
 */
export async function readContent(context: Context, clone: Address, known?: readonly TableHash[]): Promise<Content> {
  const hashes = known ?? (await hashTables(context, clone));
  const places = await withSession(context, clone, async (session) => ok(await readColumns(session)));
  if (!places.ok) throw new FailureError(places.failure);
  return contentOf(places.value, hashes);
}

interface Moments {
  /** The role that migrated. */
  readonly role: string;
  readonly content: Content;
  readonly before: RowVolumes;
  readonly after: RowVolumes;
}

/** Judges what became of the values that a clone held before its migrations ran. Throws SqlError and FailureError. */
export async function judgeContent(
  context: Context,
  clone: Address,
  { data, migrate }: Pick<Settings, 'data' | 'migrate'>,
  moments: Moments,
): Promise<CheckOutcome> {
  const { content, before, after } = moments;
  const now = await readAgain(context, clone, moments);
  const same = new Map<string, boolean>();
  for (const fate of followColumns(content, now)) {
    const read = await readBack(context, clone, fate);
    if (read !== undefined) same.set(keyOf(fate), read);
  }
  const ledger = migrate.ledger?.table;
  return judgePreservation({
    before: content,
    after: now,
    changes: rowChanges(before, after),
    declared: data.contentChanges,
    ...(ledger === undefined ? {} : { ledger }),
    readsBack: (fate) => same.get(keyOf(fate)),
  });
}

/** Hashes what may have changed. */
async function readAgain(context: Context, clone: Address, { role, content, before, after }: Moments): Promise<Content> {
  const read = await withSession(context, clone, async (session) => ok({ places: await readColumns(session), hides: await mayHideWrites(session, role) }));
  if (!read.ok) throw new FailureError(read.failure);
  const { places, hides } = read.value;
  const untouched = hides ? new Map() : untouchedTables(content, places, { before, after });
  const names = new Set(places.filter(({ oid }) => untouched.has(oid)).map(tableName));
  context.emit({ type: 'step', phase: 'data-gate', text: `hashing again what may have changed: all but ${untouched.size} of ${places.length} tables` });
  return contentOf(places, await hashTables(context, clone, { wanted: (table) => !names.has(tableName(table)) }), untouched);
}

function keyOf({ table, column }: ColumnFate): string {
  return `${table.oid} ${column.number}`;
}

async function readBack(context: Context, clone: Address, { table, column, fate, to }: ColumnFate): Promise<boolean | undefined> {
  if (fate !== 'changed' || to === undefined || to.column.type === column.type) return undefined;
  const tree = to.table.stores.some((oid) => oid !== table.oid);
  const read = await hashAs(context, clone, { schema: to.table.schema, table: to.table.table, tree, column: to.column.name, type: column.type });
  return read === undefined ? undefined : read.values === column.values && BigInt(`0x${read.hash}`) === column.sum;
}
