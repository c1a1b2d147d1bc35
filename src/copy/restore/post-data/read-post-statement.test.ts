import { expect, test } from 'vitest';
import { readPostStatement } from './read-post-statement.ts';

test('indexes wait for their own table, and for all tables where they run the team’s own code', () => {
  const index = (rest: string) => readPostStatement(`CREATE UNIQUE INDEX i ON ONLY "S x".t USING ${rest}`);
  for (const rest of [
    'btree (a, lower(b) DESC)',
    'gin (a public.gin_trgm_ops) WHERE (b > 1.5)',
    `btree ((pg_catalog.lower(a)), b COLLATE "de-x-icu")`,
    'gist (a public.gist_trgm_ops)',
    `btree (a) WHERE (b = 'public.f('::text)`,
  ]) {
    expect(index(rest), rest).toEqual({ kind: 'index', table: '"S x".t', needsAllRows: false });
  }
  for (const rest of ['btree (public.f(a))', 'btree (a) WHERE (a OPERATOR(public.=) b)', 'btree (((a)::public.kind))', 'btree (a) WHERE "S x"."f(" (b)']) {
    expect(index(rest), rest).toEqual({ kind: 'index', table: '"S x".t', needsAllRows: true });
  }
});

test('keys are split where the catalog ends the same, with all their clauses', () => {
  const split = (rest: string) => {
    const read = readPostStatement(`ALTER TABLE ONLY public.t\n    ADD CONSTRAINT "k; 1" ${rest}`);
    return read.kind === 'key' ? read.split : read.kind;
  };
  expect(split('PRIMARY KEY (a, "b)")')).toEqual({
    index: 'create unique index "k; 1" on only public.t using btree (a, "b)")',
    constraint: 'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT "k; 1" primary key using index "k; 1"',
  });
  expect(split("UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b, c) WITH (fillfactor='70') DEFERRABLE INITIALLY DEFERRED")).toEqual({
    index: `create unique index "k; 1" on only public.t using btree (a) include (b, c) nulls not distinct with (fillfactor='70')`,
    constraint: 'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT "k; 1" unique using index "k; 1" deferrable initially deferred',
  });
  for (const whole of [
    'EXCLUDE USING gist (a WITH =)',
    'PRIMARY KEY (a, b WITHOUT OVERLAPS)',
    'UNIQUE (a) USING INDEX TABLESPACE x',
    'UNIQUE (a) NOT ENFORCED',
  ]) {
    expect(split(whole), whole).toBeUndefined();
  }
  expect(split('CHECK ((a > 0)) NOT VALID')).toBe('other');
});

test('foreign keys are made first and validated later, unless they say otherwise', () => {
  const plain = 'ALTER TABLE ONLY public.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES public."U"(id) ON DELETE SET NULL DEFERRABLE';
  expect(readPostStatement(plain)).toEqual({
    kind: 'foreign-key',
    table: 'public.t',
    constraint: 'f',
    references: 'public."U"',
    notValid: `${plain} NOT VALID`,
  });
  expect(readPostStatement(`${plain} NOT VALID`)).toMatchObject({ kind: 'foreign-key', notValid: undefined });
  expect(readPostStatement('ALTER TABLE public.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES public.u(id) NOT ENFORCED')).toMatchObject({
    notValid: undefined,
  });
});

test('statements that change what later ones mean forbid any other order; what isn’t understood stays where it is', () => {
  for (const statement of [
    'SET SESSION AUTHORIZATION app',
    'SET search_path = public, pg_catalog',
    "SELECT pg_catalog.set_config('search_path', 'app', false)",
    'RESET ALL',
    'SET ROLE app',
  ]) {
    expect(readPostStatement(statement), statement).toEqual({ kind: 'session' });
  }
  for (const statement of [
    "SELECT pg_catalog.set_config('search_path', '', false)",
    'SET row_security = off',
    'CREATE INDEX ON t (a)',
    'ALTER TABLE t ADD COLUMN a int',
  ]) {
    expect(readPostStatement(statement), statement).toEqual({ kind: 'other' });
  }
});
