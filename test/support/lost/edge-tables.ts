import type { Address } from '../../../src/core/server.ts';
import { quoteLiteral } from '../../../src/sql/quote.ts';
import { ask } from '../own-server.ts';
import { edgeValues } from './edge-values.ts';

/** Every type of pg_catalog that a column can have but arrays: base types, ranges and multiranges. */
const typesQuery = `
  select typname as name, typarray <> 0 as has_array from pg_catalog.pg_type
   where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'r', 'm') and typcategory <> 'A' order by typname collate "C"`;

/**
 * Makes a table for each type of the server, `edge.<type>`: a value in each row, and arrays of it: with a null, of two dimensions with bounds of their own;
 * one row of nulls, one of empty arrays. Throws when a type has no values here: then somebody has to think of some.
 */
export async function makeEdgeTables(address: Address): Promise<readonly string[]> {
  const types = (await ask(address, typesQuery)) as unknown as { name: string; has_array: boolean }[];
  const unknown = types.map(({ name }) => name).filter((type) => edgeValues[type] === undefined);
  if (unknown.length > 0) throw new Error(`no edge values for ${unknown.join(', ')}`);
  await ask(address, `create schema edge; ${types.flatMap(({ name, has_array: hasArray }) => (hasArray ? withArrays(name) : plain(name))).join(';\n')}`);
  return types.map(({ name }) => name);
}

/** Nulls alone: such types have no input. */
function plain(type: string): readonly string[] {
  return [`create table edge."${type}" (id int primary key, value pg_catalog."${type}")`, `insert into edge."${type}" values (-1, null)`];
}

function withArrays(type: string): readonly string[] {
  const name = `pg_catalog."${type}"`;
  const pair = `edge."pair of ${type}"`;
  const rows = (edgeValues[type] ?? []).map((value, at) => {
    const literal = `${quoteLiteral(value)}::${name}`;
    return `(${at + 1}, ${literal}, array[${literal}, null], array_fill(${literal}, array[2, 2], array[-1, 5]), row(${literal}, array[${literal}])::${pair})`;
  });
  return [
    `create type ${pair} as (one ${name}, other ${name}[])`,
    `create table edge."${type}" (id int primary key, value ${name}, list ${name}[], grid ${name}[], pair ${pair})`,
    `insert into edge."${type}" values ${[...rows, '(-1, null, null, null, null)', "(0, null, '{}', '{}', row(null, null))"].join(', ')}`,
  ];
}
