import { expect, test } from 'vitest';
import { withSession } from '../../test/support/session.ts';
import { partParities } from '../check/anchor-parity/part-parities.ts';
import { captureCatalog } from './captured-catalog.ts';
import { compareStructures } from './compare-structures.ts';

const schema = `
create type status as enum ('open', 'shut');
create table fund (id bigserial primary key, name text not null, currency char(3) default 'EUR', status status not null default 'open',
  constraint fund_name_check check (name <> ''));
create table nav (fund_id bigint references fund (id), as_of date, primary key (fund_id, as_of));
create index nav_as_of on nav (as_of);
create table ledger (version text primary key)`;

/** Deviations of each part that a stamp rests on, and what tells it; those of a batch don't touch each other. */
const batches: readonly (readonly (readonly [part: string, sql: string, told: string])[])[] = [
  [
    ['tables', 'create table extra (id integer)', 'table public.extra'],
    ['columns', 'alter table fund add legal_name text', 'column public.fund.legal_name'],
    ['columns', 'alter table fund alter name drop not null', 'column public.fund.name not null'],
    ['columns', 'alter table nav alter as_of type timestamp', 'column public.nav.as_of type'],
    ['defaults', `alter table fund alter currency set default 'USD'`, 'column public.fund.currency default'],
    ['constraints', 'alter table fund drop constraint fund_name_check', 'constraint fund_name_check on public.fund'],
    [
      'constraints',
      'alter table nav drop constraint nav_fund_id_fkey, add constraint nav_fund_id_fkey foreign key (fund_id) references fund on delete cascade',
      'constraint nav_fund_id_fkey on public.nav definition',
    ],
    ['indexes', 'drop index nav_as_of', 'index public.nav_as_of'],
    ['enums', `alter type status add value 'void'`, 'type public.status labels'],
    ['sequences', 'alter sequence fund_id_seq owned by none', 'sequence public.fund_id_seq owned by'],
    ['other', 'create view v as select 1 as one', 'view public.v'],
  ],
  [
    ['tables', 'drop table nav', 'table public.nav'],
    ['defaults', 'alter table fund alter currency drop default', 'column public.fund.currency default'],
    ['enums', `alter type status rename value 'shut' to 'closed'`, 'type public.status labels'],
  ],
];

test.each(batches)('each deviation is found, of its part', async (...batch) => {
  await withSession(15, schema, async (session) => {
    const approved = await captureCatalog(session);
    expect(compareStructures(approved, approved, [])).toMatchObject({ differences: [], kinds: { table: 3, type: 1, index: 1, sequence: 1 } });
    for (const [, sql] of batch) await session.execute(sql);
    const { differences, kinds } = compareStructures(await captureCatalog(session), approved, []);
    const parts = partParities(
      kinds,
      differences.map((difference) => ({ ...difference, object: `${difference.kind} ${difference.name}` })),
    );
    const found = parts.flatMap(({ part, deviations }) => deviations.map(({ object, property }) => [`${part}:`, object, property].filter(Boolean).join(' ')));
    for (const [part, sql, told] of batch) expect(found, sql).toContain(`${part}: ${told}`);
  });
});

test('what a deploy’s own list adds is left out, with all that belongs to it', async () => {
  await withSession(18, schema, async (session) => {
    const approved = await captureCatalog(session);
    await session.execute('drop table ledger');
    expect(compareStructures(await captureCatalog(session), approved, ['ledger']).differences).toEqual([]);
    expect(compareStructures(await captureCatalog(session), approved, []).differences).toMatchObject([{ kind: 'table', name: 'public.ledger' }]);
  });
});
