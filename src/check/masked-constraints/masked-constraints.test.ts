import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import type { MaskedColumn } from '../../core/masking.ts';
import { judgeMaskedConstraints } from './judge-masked-constraints.ts';
import { readMaskedState, readMaskedStateAgain } from './read-masked-state.ts';

const production = `
  create table users (id int primary key, email text not null check (email like '%@%'), code text, note text, low text generated always as (lower(email)) stored);
  create table orders (id int, code text) partition by range (id); create table orders_1 partition of orders for values from (0) to (9);
  insert into users values (1, 'a@example.com', 'c', 'n')`;
const masked: readonly MaskedColumn[] = [
  { schema: 'public', table: 'users', column: 'email', strategy: 'fake:email' },
  { schema: 'public', table: 'users', column: 'code', strategy: 'hash' },
  { schema: 'public', table: 'users', column: 'note', strategy: 'sql' },
  { schema: 'public', table: 'orders', column: 'code', strategy: 'hash' },
];

test.each([15, 18] as const)('bad: constraints that only masked rows were held against, under whatever name (PostgreSQL %i)', async (major) => {
  await withSession(major, production, async (session) => {
    const before = await readMaskedState(session, masked);
    expect(before.attributes.map(({ name, strategy }) => `${name} ${strategy}`)).toEqual([
      'public.orders.code hash',
      'public.orders_1.code hash',
      'public.users.email fake:email',
      'public.users.code hash',
      'public.users.note sql',
      'public.users.low generated',
    ]);
    await session.execute(`
      alter table users rename column email to address; alter table users rename to people;
      alter table people add constraint looks_right check (address ~ 'example'), add unique (note);
      create unique index on people (lower(code)); create unique index on people (low);
      alter table people drop column note, add column note text unique`);
    const outcome = judgeMaskedConstraints(before, await readMaskedStateAgain(session, before.attributes));
    expect(outcome?.gate).toMatchObject({ gate: 'masked-constraints', phase: 'data-gate', required: true, outcome: 'inconclusive', couldFail: false });
    expect(outcome?.findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      'doubt masked-constraints:constraint:looks_right on public.people',
      'doubt masked-constraints:index:people_low_idx on public.people',
      'doubt masked-constraints:index:people_lower_idx on public.people',
    ]);
    expect(outcome?.findings[0]).toMatchObject({
      detail: expect.stringContaining('Masked are public.people.address by fake:email.'),
      showSql: "select count(*) from public.people where not ((address ~ 'example'::text));",
    });
  });
});

test('good: a hash tells the truth of uniqueness and of foreign keys; what was there before is not the migrations’ doing', async () => {
  await withSession(18, production, async (session) => {
    const before = await readMaskedState(session, masked);
    await session.execute(
      'alter table users add unique (code); alter table orders add foreign key (code) references users (code); alter table users add check (id > 0)',
    );
    expect(judgeMaskedConstraints(before, await readMaskedStateAgain(session, before.attributes))).toBeUndefined();
    expect(judgeMaskedConstraints(await readMaskedState(session, []), await readMaskedStateAgain(session, []))).toBeUndefined();
  });
});
