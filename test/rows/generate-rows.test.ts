import pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { withDatabase } from '../support/databases.ts';
import { generateRows, type TableReport } from './generate-rows.ts';

const shop = `
create type mood as enum ('calm', 'busy');
create domain percent as integer check (value between 0 and 100);
create table company (id int generated always as identity primary key, name varchar(12) not null, mood mood not null, boss_id int);
create table person (id serial primary key, company_id int not null references company, email text unique check (email like '%@%'),
  manager_id int references person, tags text[] not null, share percent not null, extra jsonb, born date, net numeric(6, 2),
  doubled int generated always as (id * 2) stored);
alter table company add foreign key (boss_id) references person;
create table profile (person_id int primary key references person, photo bytea, seen inet, during tstzrange);
create table link (a int references person, b int references person, kind text not null check (kind in ('friend', 'foe')), primary key (a, b), check (a <> b));
create table reading (id bigint generated always as identity, at timestamptz not null default now(), place "char", primary key (id, at)) partition by range (at);
create table reading_all partition of reading default;
create table nothing ();
create table chain (id uuid primary key, before uuid not null references chain);
create table "odd ""name" ("from" text not null, bits bit(3), code char(3) not null check (code ~ '^[a-z]+$') );
`;

async function generate(address: Address, seed: string): Promise<readonly TableReport[]> {
  const client = new pg.Client({ host: address.host, port: address.port, user: address.user, database: address.database });
  await client.connect();
  try {
    return await generateRows(client, { seed, rowsPerTable: 40 });
  } finally {
    await client.end();
  }
}

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  test('fills a schema with references, rings, checks, domains, enums and partitions', async () => {
    await withDatabase(major, shop, async (address, run) => {
      const reports = await generate(address, 'one');
      expect(reports.filter((report) => report.rows < 40 && report.table !== 'public.link')).toEqual([]);
      expect(reports.map((report) => report.table)).toContain('public."odd ""name"');
      const { rows } = await run('select count(*)::int as bosses from public.company where boss_id is not null');
      expect(rows[0].bosses).toBeGreaterThan(0);
      const self = await run('select count(*)::int as n from public.chain where before <> id');
      expect(self.rows[0].n).toBeGreaterThan(0);
    });
  });

  test('makes the same rows from the same seed, and others from another', async () => {
    const content = async (seed: string) =>
      await withDatabase(major, shop.replace('default now()', "default '2025-01-01'"), async (address, run) => {
        await generate(address, seed);
        const { rows } = await run(
          `select md5(string_agg(p::text, ',' order by p.id)) as people, (select md5(string_agg(l::text, ',' order by a, b)) from public.link l) as links from public.person p`,
        );
        return JSON.stringify(rows);
      });
    const first = await content('one');
    expect(await content('one')).toBe(first);
    expect(await content('two')).not.toBe(first);
  });

  test('says which table refused all candidates, and why', async () => {
    await withDatabase(major, 'create table picky (a int not null check (a < 0 and a > 0))', async (address) => {
      const [report] = await generate(address, 'one');
      expect(report).toMatchObject({ table: 'public.picky', rows: 0, refused: expect.stringContaining('picky_a_check') });
    });
  });
});
