import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkedDump } from './chunk-dump.ts';
import { differingChunks as find } from './differing-chunks.ts';
import { readObjects } from './read/read-objects.ts';

const differingChunks = (left: string, right: string) => find(new ChunkedDump(left), new ChunkedDump(right));
const entry = (name: string, type: string, sql: string, schema = 'public') =>
  `--\n-- Name: ${name}; Type: ${type}; Schema: ${schema}; Owner: o\n--\n\n${sql}\n\n`;
const head = (version: string) =>
  `--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version ${version}\n\nSET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\n\n`;
const table = (name: string, type = 'integer') => entry(name, 'TABLE', `CREATE TABLE public.${name} (\n    a ${type}\n);`);
const space = (name: string) => `SET default_tablespace = ${name};\n\n`;

test('the head and its versions make no difference', () => {
  expect(differingChunks(head('15.1') + table('t'), head('15.2') + table('t'))).toEqual({ same: true, left: '', right: '', names: new Set() });
});

test('another order is left to a closer look, and so is what pg_dump didn’t write', () => {
  expect(differingChunks(head('15') + table('a') + table('b'), head('15') + table('b') + table('a'))).toBeUndefined();
  expect(differingChunks('CREATE TABLE t ();', 'CREATE TABLE t ();')).toBeUndefined();
  expect(differingChunks(`CREATE TABLE x ();\n${table('t')}`, table('t'))).toBeUndefined();
});

test('what differs, with all that speaks of the same objects', () => {
  const grant = entry('TABLE t', 'ACL', 'GRANT SELECT ON TABLE public.t TO r;');
  const left = head('15') + table('other') + table('t') + entry('t_a', 'INDEX', 'CREATE INDEX t_a ON public.t USING btree (a);') + grant;
  const right = head('15') + table('other') + table('t') + entry('t_a', 'INDEX', 'CREATE INDEX t_a ON public.t USING btree (a);');
  const found = differingChunks(left, right);
  expect(found?.same).toBe(false);
  expect([...readObjects(found?.left ?? '').all()].map(({ kind, name }) => `${kind} ${name}`)).toEqual(['column public.t.a', 'table public.t']);
  expect(
    readObjects(found?.left ?? '')
      .get('table', 'public.t')
      ?.properties.get('privileges'),
  ).toBe('GRANT SELECT TO r');
  expect(found?.right).toContain('CREATE TABLE public.t');
});

test('a setting before an entry belongs to it', () => {
  const found = differingChunks(head('15') + table('a') + space('x') + table('t'), head('15') + table('a') + space('y') + table('t'));
  expect(
    readObjects(found?.left ?? '')
      .get('table', 'public.t')
      ?.properties.get('tablespace'),
  ).toBe('x');
  expect(
    readObjects(found?.right ?? '')
      .get('table', 'public.t')
      ?.properties.get('tablespace'),
  ).toBe('y');
  expect(found?.left).not.toContain('TABLE public.a ');
});

test('an entry that is there twice on one side', () => {
  expect(differingChunks(head('15') + table('t') + table('t'), head('15') + table('t'))?.same).toBe(false);
});

const pool = [
  table('a'),
  table('b'),
  table('b', 'bigint'),
  `${space('x')}${table('c')}`,
  `${space("''")}${table('d')}`,
  entry('f()', 'FUNCTION', `CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$${' select 1;'.repeat(7_000)}$$;`),
  entry('f()', 'FUNCTION', `CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$${' select 1;'.repeat(7_000)} select 2$$;`),
  entry('g()', 'FUNCTION', `CREATE FUNCTION public.g() RETURNS text LANGUAGE sql AS $$\nSET default_tablespace = y;\nselect 1$$;`),
];

test('whatever stands in two dumps: the same entries are the same, and no others', () => {
  const dump = fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 12 });
  // Mostly the same, as the dumps of two copies are.
  const pair = dump.chain((one) =>
    fc.tuple(
      fc.constant(one),
      fc.oneof(
        dump,
        fc
          .tuple(fc.nat(one.length), fc.nat(2), fc.array(fc.constantFrom(...pool), { maxLength: 2 }))
          .map(([at, gone, more]) => one.toSpliced(at, gone, ...more)),
      ),
    ),
  );
  fc.assert(
    fc.property(pair, ([left, right]) => {
      const [a, b] = [head('15') + left.join(''), head('16') + right.join('')];
      const keys = (text: string) => [...new ChunkedDump(text).chunks()].map(({ settings, text: own }) => `${settings}\n${own}`);
      const isSame = keys(a).toSorted().join('\n') === keys(b).toSorted().join('\n');
      const inOrder = keys(a).join('\n') === keys(b).join('\n');
      const found = right.length === 0 ? undefined : differingChunks(a, b);
      if (right.length > 0) expect(found?.same).toBe(isSame ? inOrder || undefined : false);
      for (const [text, own, other] of [
        [found?.left, a, b],
        [found?.right, b, a],
      ] as const) {
        if (found?.same !== false) continue;
        // With names of tables that are spoken of on both sides, more may be told than differs.
        const [theirs, shown] = [new Set(keys(other)), new Set(keys(text ?? ''))];
        expect(keys(own).filter((key) => !theirs.has(key) && !shown.has(key))).toEqual([]);
      }
    }),
    { numRuns: 100 },
  );
});
