import { parseQualifiedName } from '../../../sql/quote.ts';
import { defaultName } from '../../text/read/default-name.ts';
import { parentsOf } from '../parents-of.ts';
import type { ObjectSet } from '../schema-object.ts';
import type { AlignedPair } from './aligned-pair.ts';

/**
 * NOT NULL, which is a constraint with a name from version 18 on. Where nobody chose that name it says nothing, nor does the one that comes from a parent
 * table; and a child of a table whose column has it says so itself since then.
 */
export function alignNotNull({ older, newer, olderSide, newerSide }: AlignedPair): Readonly<Record<string, string | undefined>> {
  if (olderSide.major >= 18 || newerSide.major < 18 || newer.kind !== 'column' || newer.parent === undefined) return {};
  const column = newer.name.slice(newer.parent.length + 1);
  const name = newer.properties.get('not null constraint name');
  // Who inherited it and who has it of its own can't be told apart before.
  const said: Record<string, string | undefined> = newer.properties.has('not null inherited') ? { 'not null inherited': undefined } : {};
  if (name !== undefined && (isDefault(name, newer.parent, column) || inherits(newerSide.objects, newer.parent, column, name))) {
    said['not null constraint name'] = undefined;
  }
  const before = older.properties.get('not null');
  const inherited = parentsOf(olderSide.objects, newer.parent).some((parent) => isNotNull(olderSide.objects, parent, column));
  if (before !== 'yes' && newer.properties.get('not null') === 'yes' && inherited) said['not null'] = before;
  return said;
}

/** As the server makes a name; with a number behind it where that name was taken. */
function isDefault(name: string, table: string, column: string): boolean {
  const number = /\d*$/.exec(plain(name))?.[0] ?? '';
  return plain(name) === defaultName(plain(table), plain(column), `not_null${number}`);
}

/** Whether a table that this one inherits from, or is a partition of, has a column whose constraint has that name. */
function inherits(objects: ObjectSet, table: string, column: string, name: string): boolean {
  return parentsOf(objects, table).some((parent) => {
    // What isn't here doesn't differ from the older side, where no such name can have been chosen.
    const own = objects.get('column', `${parent}.${column}`)?.properties.get('not null constraint name');
    return own === name || (own === undefined && isDefault(name, parent, column)) || inherits(objects, parent, column, name);
  });
}

function isNotNull(objects: ObjectSet, table: string, column: string): boolean {
  const own = objects.get('column', `${table}.${column}`)?.properties.get('not null');
  return own === 'yes' || parentsOf(objects, table).some((parent) => isNotNull(objects, parent, column));
}

/** The last part of a name in SQL, without quotes. */
function plain(name: string): string {
  return parseQualifiedName(name)?.name ?? name;
}
