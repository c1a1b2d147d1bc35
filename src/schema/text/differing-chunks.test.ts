import { expect, test } from 'vitest';
import { differingChunks } from './differing-chunks.ts';
import { readObjects } from './read/read-objects.ts';

const entry = (name: string, type: string, sql: string, schema = 'public') =>
  `--\n-- Name: ${name}; Type: ${type}; Schema: ${schema}; Owner: o\n--\n\n${sql}\n\n`;
const head = (version: string) =>
  `--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version ${version}\n\nSET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\n\n`;
const table = (name: string, type = 'integer') => entry(name, 'TABLE', `CREATE TABLE public.${name} (\n    a ${type}\n);`);
const space = (name: string) => `SET default_tablespace = ${name};\n\n`;

test('the head and its versions make no difference', () => {
  expect(differingChunks(head('15.1') + table('t'), head('15.2') + table('t'))).toEqual({ same: true, left: '', right: '' });
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
