import { expect, test } from 'vitest';
import type { SchemaObject } from '../compare/schema-object.ts';
import { sliceDump } from './slice-dump.ts';

const entry = (name: string, type: string, sql: string) => `--\n-- Name: ${name}; Type: ${type}; Schema: public; Owner: o\n--\n\n${sql}\n\n`;
const filler = Array.from({ length: 40 }, (_, n) => entry(`x${n}`, 'TABLE', `CREATE TABLE public.x${n} (\n    a integer\n);`)).join('');
const dump = `SET client_encoding = 'UTF8';

${entry('kind', 'TYPE', `CREATE TYPE public.kind AS ENUM (\n    'a'\n);`)}${entry('f(integer)', 'FUNCTION', 'CREATE FUNCTION public.f(integer) RETURNS integer LANGUAGE sql AS $$select 1$$;')}${filler}${entry('t', 'TABLE', 'CREATE TABLE public.t (\n    a integer,\n    k public.kind\n);')}${entry('t t_pkey', 'CONSTRAINT', 'ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (a);')}${entry('t t_fk', 'FK CONSTRAINT', 'ALTER TABLE ONLY public.t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES public.x1(a);')}${entry('t p', 'POLICY', 'CREATE POLICY p ON public.t USING ((public.f(a) > 0));')}${entry('TABLE t', 'ACL', 'GRANT SELECT ON TABLE public.t TO r;')}`;
const object = (kind: string, name: string, parent?: string): SchemaObject => ({
  kind,
  name,
  ...(parent !== undefined && { parent }),
  properties: new Map(),
  statements: [],
});

test('an object with all that it mentions, and nothing else', () => {
  const slice = sliceDump(dump, [object('policy', 'p on public.t', 'public.t')]) ?? '';
  expect([...slice.matchAll(/^-- Name: (.*?); Type/gm)].map(([, name]) => name)).toEqual(['kind', 'f(integer)', 't', 't t_pkey', 't p']);
});

test('a column’s default and a foreign key', () => {
  const slice = sliceDump(dump, [object('constraint', 't_fk on public.t', 'public.t'), object('column', 'public.t.a', 'public.t')]) ?? '';
  expect([...slice.matchAll(/^-- Name: (.*?); Type/gm)].map(([, name]) => name)).toEqual(['kind', 'x1', 't', 't t_pkey', 't t_fk']);
});

test('names that hold parentheses', () => {
  const odd = `${dump}${entry('(a)10', 'TABLE', 'CREATE TABLE public."(a)10" (\n    own integer\n)\nINHERITS (public.t);')}${entry('f(x)(integer, text)', 'FUNCTION', 'CREATE FUNCTION public."f(x)"(integer, text) RETURNS integer LANGUAGE sql AS $$select 1$$;')}`;
  const names = (...wanted: SchemaObject[]) => [...(sliceDump(odd, wanted) ?? '').matchAll(/^-- Name: (.*?); Type/gm)].map(([, name]) => name);
  expect(names(object('table', 'public."(a)10"', 'public."(a)10"'))).toEqual(['kind', 't', 't t_pkey', '(a)10']);
  expect(names(object('function', 'public."f(x)"(integer, text)'))).toEqual(['f(x)(integer, text)']);
});

test('no part of what isn’t cut by pg_dump, nor of what is nearly all', () => {
  expect(sliceDump('CREATE TABLE public.t ();', [object('table', 'public.t')])).toBeUndefined();
  expect(
    sliceDump(
      dump,
      Array.from({ length: 40 }, (_, n) => object('table', `public.x${n}`, `public.x${n}`)),
    ),
  ).toBeUndefined();
});
