import { expect, test } from 'vitest';
import { fitToServer } from './fit-to-server.ts';

const body = 'CREATE FUNCTION f() AS $$\n\\restrict xyz\nSET transaction_timeout = 0;\n\\unrestrict xyz\n$$;\n';
const head = '--\n-- PostgreSQL database dump\n--\n\n';
const settings = 'SET statement_timeout = 0;\nSET transaction_timeout = 0;\nSET row_security = off;\n';

test('only the real lines are taken out', () => {
  const dump = `${head}\\restrict k3y\n\n${settings}${body}\n\\unrestrict k3y\n\n`;
  expect(fitToServer(dump, 18)).toBe(`${head}\n${settings}${body}\n\n`);
  expect(fitToServer(dump, 15)).toBe(`${head}\n${settings.replace('SET transaction_timeout = 0;\n', '')}${body}\n\n`);
});

test('a dump without them stays as it is', () => {
  const dump = `${head}SET row_security = off;\n${body}`;
  expect(fitToServer(dump, 15)).toBe(dump);
});

test('of what a column’s parameters say, the place in the WAL is taken out', () => {
  const header = (type: string) => `\n--\n-- Name: t; Type: ${type}; Schema: public; Owner: app\n--\n\n`;
  const alter = (column: string, parameters: string) => `ALTER TABLE ONLY public.t ALTER COLUMN ${column} SET (${parameters});\n`;
  const table = (statements: string) => `${header('TABLE')}CREATE TABLE public.t (\n    a integer\n);\n${statements}`;
  const function_ = `${header('FUNCTION')}CREATE FUNCTION f() AS $$\n${alter('a', 'pg_attver=22111792')}$$;\n`;
  const dump = `${head}${table(alter('a', 'pg_attver=22111792') + alter('"B c"', 'pg_attver=22111792, n_distinct=5') + alter('d', 'n_distinct=5'))}${function_}`;
  expect(fitToServer(dump, 15)).toBe(`${head}${table(alter('"B c"', 'n_distinct=5') + alter('d', 'n_distinct=5'))}${function_}`);
});
