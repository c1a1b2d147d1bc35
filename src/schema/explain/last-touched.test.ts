import { expect, test } from 'vitest';
import { LastTouched } from './last-touched.ts';

const touched = new LastTouched([
  { migration: '1', text: 'create table invoice (id int, total numeric)' },
  { migration: '2', text: 'ALTER TABLE Public.Invoice ADD COLUMN "Note" text' },
  { migration: '3', text: 'update invoice set total = 0 where id = 1' },
  { migration: '4', text: 'create policy own on invoice using (total > 0)', place: { file: 'migrations/4.sql', line: 7 } },
  { migration: '5', text: 'comment on table other is \'about "Note" and invoice\'' },
  { migration: '6', text: 'create function f() returns int language sql as $$ select total from invoice $$' },
]);
const of = (kind: string, name: string) => touched.of({ kind, name })?.migration;

test('the last statement of DDL that names it, as Postgres reads names', () => {
  expect(of('table', 'public.invoice')).toBe('4');
  expect(of('column', 'public.invoice."Note"')).toBe('2');
  expect(of('column', 'public.invoice.total')).toBe('4');
  expect(touched.of({ kind: 'policy', name: 'own on public.invoice' })).toEqual({ migration: '4', place: { file: 'migrations/4.sql', line: 7 } });
  expect(of('function', 'public.f()')).toBe('6');
});

test('nothing where it is only changed as data, quoted, or never named', () => {
  expect(of('column', 'public.invoice.note')).toBeUndefined();
  expect(of('table', 'public.customer')).toBeUndefined();
});
