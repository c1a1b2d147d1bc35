import { expect, test } from 'vitest';
import { withRichDatabase } from '../../../../test/support/rich-database.ts';
import { testContext } from '../../../../test/support/test-context.ts';
import { splitStatements } from '../../../sql/split-statements.ts';
import { compareObjects } from '../../compare/compare-objects.ts';
import { compareTexts } from '../compare-texts.ts';
import { readObjects } from './read-objects.ts';

/** Session settings make no object. RESET ends an entry that ends anyway. The first CREATE VIEW of a ring is a dummy, which a second one replaces. */
const silent = /^(SET (?!SESSION)|SELECT pg_catalog\.set_config|RESET )/;

test.each([15, 18] as const)('no statement of a dump is without effect on PostgreSQL %i', async (major) => {
  await withRichDatabase(major, async (address) => {
    const dump = await testContext().edge.postgres.pgDumpFor(major);
    const dumped = dump.ok ? await dump.value.dumpSchema(address) : dump;
    if (!dumped.ok) throw new Error(dumped.failure.message);
    const text = dumped.value;
    const whole = readObjects(text);
    const lost: string[] = [];
    let tried = 0;
    for (const statement of splitStatements(text)) {
      if (statement.meta || silent.test(statement.text)) continue;
      tried++;
      const end = text.indexOf(';', statement.start + statement.text.length) + 1;
      const without = `${text.slice(0, statement.start)}${text.slice(end)}`;
      if (compareObjects(whole, readObjects(without)).length === 0) lost.push(statement.text);
    }
    expect(tried).toBeGreaterThan(100);
    expect(lost).toEqual([]);
  });
});

const properties = (text: string, kind: string, name: string) => Object.fromEntries(readObjects(text).get(kind, name)?.properties ?? []);

test('a column with everything', () => {
  const text = `CREATE TABLE public."T x" (
    a character varying(10) DEFAULT 'NOT NULL, CHECK (x)'::character varying COLLATE pg_catalog."C" CONSTRAINT "odd, name" NOT NULL,
    "constraint" timestamp(3) with time zone GENERATED ALWAYS AS ((now())) STORED,
    CONSTRAINT c CHECK ((a <> ')'::text)) NOT VALID
) INHERITS (public.p)
WITH (fillfactor='70');`;
  expect(properties(text, 'column', 'public."T x".a')).toEqual({
    type: 'character varying(10)',
    default: "'NOT NULL, CHECK (x)'::character varying",
    collate: 'pg_catalog."C"',
    'not null': 'yes',
    'not null constraint name': '"odd, name"',
  });
  expect(properties(text, 'column', 'public."T x"."constraint"')).toMatchObject({ type: 'timestamp(3) with time zone', 'not null': 'no' });
  expect(properties(text, 'constraint', 'c on public."T x"')).toEqual({ definition: "CHECK ((a <> ')'::text))", validated: 'no' });
  expect(properties(text, 'table', 'public."T x"')).toMatchObject({ 'column order': 'a, "constraint"', inherits: '(public.p)', 'parameter fillfactor': '70' });
});

test('rights with their grantor, on columns, and in any order', () => {
  const table = 'CREATE TABLE public.t (a integer);\n';
  const grants = ['GRANT SELECT ON TABLE public.t TO x', 'GRANT INSERT(a),UPDATE(a) ON TABLE public.t TO y'];
  const text = `${table}${grants.join(';\n')};\nSET SESSION AUTHORIZATION x;\nGRANT SELECT ON TABLE public.t TO z;\nRESET SESSION AUTHORIZATION;`;
  expect(properties(text, 'table', 'public.t')).toMatchObject({ privileges: 'GRANT SELECT TO x\nGRANT SELECT TO z BY x' });
  expect(properties(text, 'column', 'public.t.a')).toMatchObject({ privileges: 'GRANT INSERT TO y\nGRANT UPDATE TO y' });
  expect(compareTexts(`${table}${grants.join(';\n')};`, `${table}${grants.toReversed().join(';\n')};`)).toEqual([]);
});

test('comments and rights find functions by their arguments', () => {
  const text = `-- Name: f(integer, text[]); Type: FUNCTION; Schema: public; Owner: o
CREATE FUNCTION public.f(a integer DEFAULT 1, VARIADIC b text[] DEFAULT ARRAY['x'::text, 'y'::text]) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'a', 'b'
    SET work_mem TO '1MB'
    AS $_$ select $1 $_$;
-- Name: FUNCTION f(a integer, VARIADIC b text[]); Type: COMMENT; Schema: public; Owner: o
COMMENT ON FUNCTION public.f(a integer, VARIADIC b text[]) IS 'it''s';
REVOKE ALL ON FUNCTION public.f(a integer, VARIADIC b text[]) FROM PUBLIC;`;
  expect(readObjects(text).all()).toHaveLength(1);
  expect(properties(text, 'function', 'public.f(integer, text[])')).toMatchObject({
    security: 'definer',
    'setting search_path': "'a', 'b'",
    'setting work_mem': "'1MB'",
    body: ' select $1 ',
    comment: "'it''s'",
    privileges: 'REVOKE ALL FROM PUBLIC',
  });
});

test('secrets are compared, and never shown', () => {
  const mapping = (password: string) => `-- Name: USER MAPPING a SERVER s; Type: USER MAPPING; Schema: -; Owner: o
CREATE USER MAPPING FOR a SERVER s OPTIONS (password '${password}');`;
  expect(compareTexts(mapping('geheim'), mapping('geheim'))).toEqual([]);
  const differences = compareTexts(mapping('geheim'), mapping('offen'));
  expect(differences).toHaveLength(1);
  expect(JSON.stringify(differences)).not.toMatch(/geheim|offen/);
});

test('a text without headers', () => {
  const text = `CREATE SCHEMA a; ALTER SCHEMA a OWNER TO x; CREATE SCHEMA b; ALTER SCHEMA b OWNER TO y;
CREATE TABLE b.t (a integer); SET default_tablespace = fast; CREATE INDEX i ON b.t USING btree (a); CREATE TABLE b.u (a integer);
SET default_tablespace = ''; CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA b; COMMENT ON EXTENSION citext IS 'c';`;
  expect(
    readObjects(text)
      .all()
      .map((object) => `${object.kind} ${object.name}: ${object.properties.get('owner') ?? object.properties.get('tablespace')}`),
  ).toEqual([
    'column b.t.a: undefined',
    'column b.u.a: undefined',
    'extension citext: undefined',
    'index b.i: fast',
    'schema a: x',
    'schema b: y',
    'table b.t: undefined',
    'table b.u: fast',
  ]);
});

test('the order of roles, parameters and columns of a key', () => {
  const policy = (roles: string) => `CREATE POLICY p ON public.t TO ${roles} USING (true);`;
  expect(compareTexts(policy('a, "b, c"'), policy('"b, c", a'))).toEqual([]);
  expect(compareTexts(policy('a, b'), policy('a'))).toMatchObject([{ class: 'security', property: 'roles' }]);
  const table = (parameters: string) => `CREATE TABLE public.t (a integer) WITH (${parameters});`;
  expect(compareTexts(table("fillfactor='70', autovacuum_enabled='false'"), table("autovacuum_enabled='false', fillfactor='70'"))).toEqual([]);
  const key = (columns: string) => `ALTER TABLE ONLY public.t ADD CONSTRAINT k UNIQUE (${columns});`;
  expect(compareTexts(key('a, b'), key('b, a'))).toMatchObject([{ class: 'semantic', property: 'definition' }]);
});
