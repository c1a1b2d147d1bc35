import { hashTables } from '../../copy/parity/hash-tables.ts';
import { countOf } from '../../core/count-of.ts';
import { type TableHash, tableName } from '../../core/data.ts';
import { FailureError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import type { Address } from '../../core/server.ts';
import { findLedgerTable } from '../../migrate/ledger-table.ts';
import { readLedger } from '../../migrate/read-ledger.ts';
import { captureCatalog, objectsOf } from '../../schema/captured-catalog.ts';
import { compareObjects } from '../../schema/compare/compare-objects.ts';
import type { ObjectSet, SchemaObject } from '../../schema/compare/schema-object.ts';
import { withSession } from '../with-session.ts';

/** What a clone holds: its schema, the rows of the tables that migrations write, and what its ledger says is applied. */
export interface CloneState {
  readonly schema: ObjectSet;
  readonly rows: readonly TableHash[];
  readonly ledger: readonly string[];
}

export interface StateWanted {
  /** Names of the tables whose rows count; all where undefined. */
  readonly written: ReadonlySet<string> | undefined;
  readonly ledger: { readonly table: string; readonly column: string } | undefined;
  /** `schema.table`, not quoted: what it says is compared apart, since its rows hold times. */
  readonly ledgerName: string | undefined;
}

/** Reads a clone's state. Throws SqlError and FailureError. */
export async function readState(context: Context, admin: Address, { written, ledger, ledgerName }: StateWanted): Promise<CloneState> {
  const read = await withSession(context, admin, async (session) => {
    const schema = objectsOf(await captureCatalog(session));
    const table = ledger === undefined ? undefined : await findLedgerTable(session, ledger);
    const applied = table?.ok === true ? await readLedger(session, table.value) : [];
    return ok({ schema, ledger: applied.map(({ value, state }) => `${value}: ${state}`).sort() });
  });
  if (!read.ok) throw new FailureError(read.failure);
  const wanted = (name: string) => name !== ledgerName && (written === undefined || written.has(name));
  const rows = written?.size === 0 ? [] : await hashTables(context, admin, { wanted: ({ schema, table }) => wanted(`${schema}.${table}`) });
  return { ...read.value, rows };
}

/** One thing that differs between two states. */
export interface StateDifference {
  /** The same in every comparison that finds it. */
  readonly key: string;
  /** One sentence's worth: `index public.item_name is not valid`. */
  readonly text: string;
  readonly rows: boolean;
  /** The index that is not valid on the first side. */
  readonly invalidIndex?: string;
}

/**
 * What differs, in the words of the first: what it has, and has not. Pure.
 *
 * @example compareStates(after, before)[0]?.text // 'table public.item_new is there'
 */
export function compareStates(one: CloneState, other: CloneState): readonly StateDifference[] {
  const schema = compareObjects(one.schema, other.schema).map((difference) => ({
    key: `${difference.how} ${difference.object.kind} ${difference.object.name} ${difference.property ?? ''}`,
    text: describe(difference, one.schema),
    rows: false,
    ...(isInvalid(one.schema, difference.object) && { invalidIndex: difference.object.name }),
  }));
  return [...schema, ...compareRows(one.rows, other.rows), ...compareLedgers(one.ledger, other.ledger)];
}

function describe({ how, object, property = '', left, right }: SchemaDifference, schema: ObjectSet): string {
  const what = `${object.kind} ${object.name}`;
  if (how === 'only-right') return `${what} is not there`;
  const invalid = isInvalid(schema, object);
  if (how === 'only-left') return `${what} is there${invalid ? ', but not valid' : ''}`;
  if (property === 'valid') return `${what} is ${invalid ? 'not valid' : 'valid'}`;
  const short = (text: string | undefined) => (text === undefined ? 'nothing' : text.length > 60 ? `${text.slice(0, 59)}…` : text);
  return `${what}: ${property} is ${short(left)}, not ${short(right)}`;
}

function isInvalid(schema: ObjectSet, { kind, name }: Pick<SchemaObject, 'kind' | 'name'>): boolean {
  return kind === 'index' && schema.get(kind, name)?.properties.has('valid') === true;
}

/** Invalid indexes of tables that are new themselves: a new table is told without its parts, and these matter. Pure. */
export function newlyInvalid(one: CloneState, other: CloneState): readonly StateDifference[] {
  const hidden = (parent: string | undefined) => parent !== undefined && other.schema.relation(parent) === undefined;
  return one.schema
    .all()
    .filter((object) => hidden(object.parent) && isInvalid(one.schema, object))
    .map(({ name }) => ({ key: `invalid ${name}`, text: `index ${name} is there, but not valid`, rows: false, invalidIndex: name }));
}

function compareRows(one: readonly TableHash[], other: readonly TableHash[]): readonly StateDifference[] {
  const others = new Map(other.map((table) => [tableName(table), table]));
  return one.flatMap((table): StateDifference[] => {
    const name = tableName(table);
    const then = others.get(name);
    // A table that only one side has is told as such.
    if (then === undefined || then.rowHash === table.rowHash) return [];
    if (then.rows !== table.rows) return [{ key: `rows ${name}`, text: `${name} has ${countOf(table.rows, 'row')}, not ${then.rows}`, rows: true }];
    const columns = new Map(then.columns.map(({ column, hash }) => [column, hash]));
    const changed = table.columns.filter(({ column, hash }) => columns.has(column) && columns.get(column) !== hash);
    // With other columns, whole rows differ without any value being another.
    const sameColumns = table.columns.length === then.columns.length && table.columns.every(({ column }) => columns.has(column));
    if (changed.length === 0) return sameColumns ? [{ key: `rows ${name}`, text: `${name} has the same values in other rows`, rows: true }] : [];
    return changed.map(({ column }) => ({ key: `values ${name}.${column}`, text: `${name}.${column} holds other values`, rows: true }));
  });
}

function compareLedgers(one: readonly string[], other: readonly string[]): readonly StateDifference[] {
  const [more, less] = [one.filter((row) => !other.includes(row)), other.filter((row) => !one.includes(row))];
  return [
    ...more.map((row) => ({ key: `ledger + ${row}`, text: `the ledger has ${row}`, rows: false })),
    ...less.map((row) => ({ key: `ledger - ${row}`, text: `the ledger lacks ${row}`, rows: false })),
  ];
}
