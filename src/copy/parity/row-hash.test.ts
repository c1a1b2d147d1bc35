import { expect, test } from 'vitest';
import { type Major, testServer } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { type NullShare, rowHash } from './row-hash.ts';
import { type HashWay, valueHash } from './value-hash.ts';

interface Kind {
  readonly way: HashWay;
  readonly type: string;
  readonly values: readonly string[];
}

interface HashedRow {
  readonly values: readonly string[];
  readonly hash: string;
}

const uuids = [0, 1, 2].map((digit) => `00000000-0000-0000-0000-00000000000${digit}`);
const kinds = {
  // Its hash folds them: 1, 2^32, and -1 with what is all ones in the upper half.
  int8: {
    way: 'int8',
    type: 'int8',
    values: ['0', '1', '-1', '2147483647', '2147483648', '4294967296', '-9223372036854775808', '9223372036854775807', 'null'],
  },
  int4: { way: 'int4', type: 'int4', values: ['0', '1', '-1', '2147483647', '-2147483648', '65536', 'null'] },
  int2: { way: 'int2', type: 'int2', values: ['0', '1', '-1', '32767', 'null'] },
  uuid: { way: 'uuid', type: 'uuid', values: [...uuids, 'null'] },
  text: { way: 'text', type: 'text', values: ['', 'a', 'true', 'null'] },
  boolean: { way: 'boolean', type: 'bool', values: ['false', 'true', 'null'] },
} satisfies Record<string, Kind>;

/** The rows that are made of every value of each column, in every way: so each change of a row, and each exchange between columns, is among them. */
const tables: Record<string, readonly (keyof typeof kinds)[]> = {
  'one column': ['text'],
  'one integer': ['int8'],
  'integers that fill a link': ['int4', 'int4', 'int4'],
  'bigints that fill a link': ['int8', 'int8', 'int8'],
  'integers in more links': ['int8', 'int4', 'int8', 'int4'],
  'integers and a text': ['int4', 'text', 'int4', 'int4'],
  'a bigint, an integer, a text': ['int8', 'text', 'int4', 'int8'],
  'as many integers as texts': ['int4', 'text', 'int8', 'text'],
  texts: ['text', 'text', 'text', 'boolean'],
  uuids: ['uuid', 'uuid', 'uuid'],
  'one of each': ['int8', 'int4', 'int2', 'uuid', 'text', 'boolean'],
};

/** Rows of all values, and their hashes; nulls left out where there are none. */
async function hashes(major: Major, columns: readonly Kind[], nulls: NullShare): Promise<readonly HashedRow[]> {
  const parts = columns.map(({ way }, at) => ({ way, value: `c${at}`, hash: valueHash(`c${at}`, way), nulls }));
  const values = columns.map(({ values, type }, at) => {
    const rows = values
      .filter((value) => nulls !== 'none' || value !== 'null')
      .map((value) => (value === 'null' ? `(null::${type})` : `('${value}'::${type})`));
    return `(values ${rows.join(', ')}) as v${at} (c${at})`;
  });
  const texts = columns.map((_, at) => `coalesce(c${at}::text, 'null')`);
  const query = `select array[${texts.join(', ')}] as values, (${rowHash(parts)})::text as hash from ${values.join(' cross join ')} order by values`;
  return (await ask(testServer(major), query)) as unknown as readonly HashedRow[];
}

test.each(Object.entries(tables))('rows that differ have hashes that differ, nulls expected or not: %s', async (_, names) => {
  const columns = names.map((name) => kinds[name]);
  const rows = await hashes(15, columns, 'some');
  expect(rows).toHaveLength(columns.reduce((product, { values }) => product * values.length, 1));
  expect(new Set(rows.map(({ hash }) => hash)).size).toBe(rows.length);
  expect(await hashes(18, columns, 'seldom')).toEqual(rows);
  expect(await hashes(18, columns, 'none')).toEqual(rows.filter(({ values }) => !values.includes('null')));
});

test.each(Object.entries(tables))('a sum over rows tells which values stand in one of them: %s', async (_, names) => {
  const hashed = await hashes(
    15,
    names.map((name) => kinds[name]),
    'none',
  );
  const rows = new Map(hashed.map(({ values, hash }) => [values.join(), BigInt(hash)]));
  const [first] = hashed;
  if (first === undefined) throw new Error('no row');
  const others = (at: number) => [...new Set([...rows.keys()].map((key) => key.split(',')[at] ?? ''))].filter((value) => value !== first.values[at]);
  const sum = (...of: readonly (readonly string[])[]) =>
    BigInt.asUintN(
      64,
      of.reduce((total, values) => total + (rows.get(values.join()) ?? 0n), 0n),
    );
  for (const [left, right] of names.flatMap((_, left) => names.slice(left + 1).map((_, more) => [left, left + 1 + more] as const))) {
    for (const one of others(left)) {
      for (const other of others(right)) {
        const both = first.values.with(left, one).with(right, other);
        expect(sum(first.values, both), `columns ${left} and ${right}`).not.toBe(sum(first.values.with(left, one), first.values.with(right, other)));
      }
    }
  }
});

test.each([
  ['int2', 'int4'],
  ['int2', 'int8'],
  ['int4', 'int8'],
] as const)('a row is the same with %s and with %s, whichever column it is', async (narrow, wide) => {
  const asWide = { ...kinds[wide], values: kinds[narrow].values };
  const columns = ['text', narrow, narrow, narrow, narrow, 'uuid', narrow].map((name) => {
    const kind = kinds[name as keyof typeof kinds];
    return { ...kind, values: [kind.values[1] ?? '', 'null'] };
  });
  const rows = await hashes(15, columns, 'some');
  for (const at of [1, 2, 3, 4, 6]) {
    expect(await hashes(15, columns.with(at, { ...asWide, values: columns[at]?.values ?? [] }), 'some')).toEqual(rows);
  }
});
