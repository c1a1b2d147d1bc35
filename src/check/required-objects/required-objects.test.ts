import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { makeEdge } from '../../edge/make-edge.ts';
import { judgeRequiredObjects } from './judge-required-objects.ts';
import { readObjects, type WantedObject } from './read-objects.ts';

const schema = `
create schema app; create type app.state as enum ('new'); create sequence app.numbers;
create table app.invoice (id bigint primary key, amount numeric(12,2) not null, "Note" varchar(20), state app.state, at timestamptz(3), tags text[]);
create table app.line (id int, invoice_id bigint);
alter table app.line add constraint line_invoice foreign key (invoice_id) references app.invoice not valid;
create index invoice_amount on app.invoice (amount);
create view app.open as select id, amount from app.invoice;
create materialized view app.sums as select sum(amount) as total from app.invoice with no data;
create function app.f(a integer, b text[]) returns int language sql as 'select 1';
create function app.guard() returns trigger language plpgsql as 'begin return new; end';
create trigger guard before insert on app.invoice for each row execute function app.guard();
create policy tenant on app.invoice using (true);
`;
const want = (kind: WantedObject['kind'], name: string, more: Partial<WantedObject> = {}): WantedObject => ({
  kind,
  name,
  columns: [],
  madeByThisDeploy: false,
  ...more,
});

async function problems(major: 15 | 18, wanted: readonly WantedObject[], change = '') {
  return await withDatabase(major, schema, async (address, run) => {
    if (change !== '') await run(change);
    const connected = await makeEdge().postgres.connect(address);
    if (!connected.ok) throw new Error(connected.failure.message);
    await using session = connected.value;
    const found = await readObjects(session, wanted);
    expect(found.decoysFound).toEqual([]);
    return found.objects.map((one, at) => `${wanted[at]?.name}: ${one.there ? one.problems.join('; ') || 'fine' : 'missing'}`);
  });
}

test.each([15, 18] as const)('finds objects of every kind, and what is wrong with them (%i)', async (major) => {
  const columns = [
    { name: 'id', type: 'int8', nullable: false },
    { name: 'amount', type: 'decimal(12, 2)' },
    { name: 'Note', type: 'character varying(20)', nullable: true },
    { name: 'state', type: 'app.state' },
    { name: 'tags', type: 'text[]' },
  ];
  const wanted = [
    want('table', 'app.invoice', { columns }),
    want('table', 'app.line', { columns: [{ name: 'id', type: 'bigint', nullable: false }, { name: 'gone' }, { name: 'invoice_id', type: 'nonsense' }] }),
    want('table', 'app.open'),
    want('view', 'app.open', { columns: [{ name: 'amount', type: 'numeric(12,2)' }] }),
    want('materialized view', 'app.sums'),
    want('sequence', 'app.numbers'),
    want('type', 'app.state'),
    want('index', 'app.invoice_amount'),
    want('function', 'app.f'),
    want('function', 'app.f(int, text[])'),
    want('function', 'app.f(text)'),
    want('policy', 'tenant', { table: 'app.invoice' }),
    want('trigger', 'guard', { table: 'app.invoice' }),
    want('trigger', 'guard', { table: 'app.line' }),
    want('constraint', 'line_invoice', { table: 'app.line' }),
  ];
  expect(await problems(major, wanted, 'alter table app.invoice disable trigger guard')).toEqual([
    'app.invoice: fine',
    'app.line: column id is integer, not bigint; column id is nullable, and should be not null; column gone is missing; there is no type nonsense, which column invoice_id should have',
    'app.open: missing',
    'app.open: fine',
    'app.sums: it was never filled',
    'app.numbers: fine',
    'app.state: fine',
    'app.invoice_amount: fine',
    'app.f: fine',
    'app.f(int, text[]): fine',
    'app.f(text): missing',
    'tenant: row level security is off on its table',
    'guard: it is disabled',
    'guard: missing',
    'line_invoice: it is not validated',
  ]);
});

test('an index that was not built to its end is there, and not valid', async () => {
  const broken = "update pg_catalog.pg_index set indisvalid = false where indexrelid = 'app.invoice_amount'::regclass";
  expect(await problems(18, [want('index', 'app.invoice_amount')], broken)).toEqual(['app.invoice_amount: it is not valid']);
});

test('a table is no type, and a foreign key without its triggers guards nothing', async () => {
  const off = 'alter table app.line validate constraint line_invoice; alter table app.line disable trigger all';
  const wanted = [want('type', 'app.invoice'), want('type', 'app._state'), want('constraint', 'line_invoice', { table: 'app.line' })];
  expect(await problems(18, wanted, off)).toEqual(['app.invoice: missing', 'app._state: missing', 'line_invoice: its triggers are disabled']);
});

test('what is gone, never made, invalid or was there before is told apart', () => {
  const there = { there: true, problems: [] } as const;
  const none = { there: false } as const;
  const invalid = { there: true, problems: ['it is not valid', 'it is not ready'] } as const;
  const wanted = [
    want('table', 'a'),
    want('table', 'b', { madeByThisDeploy: true }),
    want('table', 'c', { madeByThisDeploy: true }),
    want('index', 'd'),
    want('table', 'e'),
  ];
  const input = {
    wanted,
    before: { objects: [there, none, there, there, there], decoysFound: [] },
    after: { objects: [there, there, there, invalid, none], decoysFound: [] },
    startedAt: 0,
  };
  const { gate, findings, states } = judgeRequiredObjects(input);
  expect(gate.outcome).toBe('failed');
  expect(findings.map(({ id, severity }) => `${id} ${severity}`)).toEqual([
    'required-object:table:c:there-before doubt',
    'required-object:index:d:invalid blocker',
    'required-object:index:d:invalid-2 blocker',
    'required-object:table:e blocker',
  ]);
  expect(states.map(({ name, before, after }) => `${name} ${before} ${after}`)).toEqual([
    'a true true',
    'b false true',
    'c true true',
    'd true true',
    'e true false',
  ]);
  const good = {
    ...input,
    wanted: wanted.slice(0, 2),
    before: { objects: [there, none], decoysFound: [] },
    after: { objects: [there, there], decoysFound: [] },
  };
  expect(judgeRequiredObjects(good).gate).toMatchObject({ outcome: 'passed', couldFail: true });
  // A catalog in which everything is found finds nothing.
  expect(judgeRequiredObjects({ ...good, after: { ...good.after, decoysFound: ['table'] } }).gate).toMatchObject({ outcome: 'inconclusive', couldFail: false });
});
