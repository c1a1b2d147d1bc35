import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Major, withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { SqlInvariant } from '../../config/schema.ts';
import type { Address } from '../../core/server.ts';
import { runInvariant } from './run-invariant.ts';

interface Shop {
  readonly app: string;
  readonly owner: string;
  readonly check: (
    invariant: Partial<SqlInvariant> & Pick<SqlInvariant, 'sql' | 'expect'>,
  ) => Promise<{ outcome: string; couldFail: boolean; proof: string; title: string | undefined; severity: string | undefined; summary: string }>;
  readonly run: (sql: string) => Promise<{ rows: unknown[] }>;
  readonly address: Address;
}

/** Two tenants with row level security for the application, an append-only ledger, constraints, and nothing that a check may change. */
async function withShop(major: Major, use: (shop: Shop) => Promise<void>): Promise<void> {
  const id = randomBytes(5).toString('hex');
  const app = `app_${id}`;
  const owner = `owner_${id}`;
  await withDatabase(
    major,
    `create role ${app}; create role ${owner};
     alter role ${app} set app.region = 'north'; alter role ${app} set statement_timeout = '1ms';
     create table invoice (id int primary key, tenant int not null, cents int not null check (cents > 0), number text not null);
     create unique index invoice_number on invoice (number);
     insert into invoice select i, i % 2, i, 'N' || i from generate_series(1, 100) i;
     alter table invoice owner to ${owner}; alter table invoice enable row level security;
     create policy isolation on invoice to ${app} using (tenant = current_setting('app.tenant')::int);
     create table line (id int, invoice int references invoice deferrable initially deferred); alter table line owner to ${owner};
     create table ledger (id int, cents int); insert into ledger values (1, 5), (2, -5);
     create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the ledger is append-only' using errcode = '23001'; end $$;
     create trigger no_change before update or delete on ledger for each row execute function refuse();
     create trigger no_truncate before truncate on ledger for each statement execute function refuse();
     create table secret (id int); insert into secret values (1);
     create table part (id int, k int) partition by list (k); create table part_1 partition of part for values in (1); insert into part values (1, 1);
     alter table part enable row level security; alter table part owner to ${owner};
     grant select, insert, update, delete on invoice, line, ledger, part to ${app}`,
    async (address, run) => {
      const check: Shop['check'] = async (given) => {
        const { gate, findings } = await runInvariant(testContext(), address, { name: 'x', settings: {}, required: true, ...given });
        expect(gate.gate).toBe('invariant:x');
        const { outcome, couldFail, proof, summary } = gate;
        return { outcome, couldFail, proof, summary, title: findings[0]?.title, severity: findings[0]?.severity };
      };
      try {
        await use({ app, owner, check, run, address });
      } finally {
        await run(`reassign owned by ${owner} to postgres; drop owned by ${app}, ${owner}; drop role ${app}, ${owner}`);
      }
    },
  );
}

const tenant = { 'app.tenant': '1' };
const others = "select id from invoice where tenant <> current_setting('app.tenant')::int";

test.each([15, 18] as const)('good: isolation that row level security brings about (PostgreSQL %i)', async (major) => {
  await withShop(major, async ({ app, check, run }) => {
    expect(await check({ sql: others, role: app, settings: tenant, expect: { rows: 'none' } })).toMatchObject({
      outcome: 'passed',
      couldFail: true,
      proof: 'row level security switched off on 2 tables in a rolled-back transaction: 50 rows instead of no rows',
      summary: 'Holds.',
    });
    expect(await check({ sql: `insert into invoice values (500, 2, 1, 'x')`, role: app, settings: tenant, expect: { error: '42501' } })).toMatchObject({
      outcome: 'passed',
    });
    expect(await check({ sql: 'select 1 from invoice where tenant = 1', role: app, settings: tenant, expect: { rows: 50 } })).toMatchObject({
      outcome: 'passed',
      proof: expect.stringMatching(/^\d tables emptied/),
    });
    // Role settings are those of a log-in, its time limits are not.
    expect(
      await check({
        sql: "select current_setting('app.region') || count(*) from invoice, pg_sleep(0.05)",
        role: app,
        settings: tenant,
        expect: { value: 'north50' },
      }),
    ).toMatchObject({ outcome: 'passed' });
    expect((await run(`select count(*)::int as n, (select relrowsecurity from pg_class where relname = 'invoice') as rls from invoice`)).rows).toEqual([
      { n: 100, rls: true },
    ]);
  });
});

test('good: triggers, constraints and rights that refuse, each broken by itself', async () => {
  await withShop(15, async ({ app, check, run }) => {
    expect(await check({ sql: 'update ledger set cents = 1 where id = 1', expect: { error: '23001', message: 'append-only' } })).toMatchObject({
      outcome: 'passed',
      proof: 'triggers switched off on 1 table in a rolled-back transaction: 1 row instead of error 23001 (append-only)',
    });
    expect(await check({ sql: 'truncate ledger', expect: { error: '23001' } })).toMatchObject({ outcome: 'passed' });
    const insert = (values: string) => `insert into invoice (id, tenant, cents, number) values (${values})`;
    expect(await check({ sql: insert(`500, 1, -1, 'x'`), expect: { error: '23514' } })).toMatchObject({
      outcome: 'passed',
      proof: expect.stringContaining('constraint invoice_cents_check on public.invoice dropped'),
    });
    expect(await check({ sql: insert(`500, 1, 1, 'N1'`), expect: { error: '23505' } })).toMatchObject({
      outcome: 'passed',
      proof: expect.stringContaining('constraint invoice_number on public.invoice dropped'),
    });
    expect(await check({ sql: insert('500, 1, 1, null'), expect: { error: '23502' } })).toMatchObject({
      outcome: 'passed',
      proof: expect.stringContaining('NOT NULL of public.invoice.number dropped'),
    });
    // The constraint is deferred: it would speak up at a commit that never comes.
    expect(await check({ sql: 'insert into line values (1, 999)', expect: { error: '23503' } })).toMatchObject({ outcome: 'passed' });
    expect(await check({ sql: 'select id from secret', role: app, expect: { error: '42501' } })).toMatchObject({
      outcome: 'passed',
      proof: expect.stringContaining(`every right granted to ${app}`),
    });
    expect((await run(`select count(*)::int as n from pg_constraint where conname in ('invoice_cents_check', 'line_invoice_fkey')`)).rows).toEqual([{ n: 2 }]);
  });
});

test('bad: violated, with what was seen', async () => {
  await withShop(18, async ({ app, owner, check, run, address }) => {
    await run('alter policy isolation on invoice using (true)');
    expect(await check({ sql: others, role: app, settings: tenant, expect: { rows: 'none' } })).toMatchObject({
      outcome: 'failed',
      severity: 'blocker',
      title: 'Invariant x is violated: 50 rows instead of no rows',
    });
    await run('drop trigger no_truncate on ledger');
    expect(await check({ sql: 'truncate ledger', expect: { error: '23001' } })).toMatchObject({
      outcome: 'failed',
      title: 'Invariant x is violated: no error instead of error 23001',
    });
    expect(await check({ sql: 'select sum(cents) from ledger', expect: { value: 1 } })).toMatchObject({
      outcome: 'failed',
      title: 'Invariant x is violated: the value 0 instead of the value 1',
    });
    // The owner sees all, since row level security isn't forced: violated, and said.
    const { findings } = await runInvariant(testContext(), address, {
      name: 'x',
      about: 'Not even the owner.',
      sql: 'select id from invoice',
      role: owner,
      settings: tenant,
      expect: { rows: 'none' },
      required: true,
    });
    expect(findings).toMatchObject([
      {
        id: 'invariant:invariant:x',
        severity: 'blocker',
        detail: expect.stringMatching(/^Not even the owner\. owner_\w+ owns public\.invoice, whose row level security is not forced/),
      },
    ]);
    expect(findings[0]?.showSql).toBe(`begin;\nselect set_config('app.tenant', '1', true);\nset local role ${owner};\nselect id from invoice;\nrollback;`);
  });
});

test('vacuous: what could not have failed proves nothing', async () => {
  await withShop(15, async ({ app, check, run }) => {
    // Row level security without a policy hides everything, and so does an empty table.
    expect(await check({ sql: 'select 1 from line where id > 7', role: app, settings: tenant, expect: { rows: 'none' } })).toMatchObject({
      outcome: 'inconclusive',
      couldFail: false,
      severity: 'doubt',
      title: expect.stringMatching(
        /^Invariant x proves nothing: it holds, but was not seen to fail when it should \(row level security switched off on 2 tables: no rows; triggers switched off on 1 table: no rows\)$/,
      ),
    });
    expect(await check({ sql: 'select 1 where false', expect: { rows: 'none' } })).toMatchObject({ outcome: 'inconclusive' });
    expect(await check({ sql: 'select 1', expect: { rows: 'some' } })).toMatchObject({ outcome: 'inconclusive' });
    expect((await run('select count(*)::int as n from invoice')).rows).toEqual([{ n: 100 }]);
  });
});

test('breakWith: its effect must be noticed; nothing else is tried', async () => {
  await withShop(18, async ({ app, check, run }) => {
    const balanced = { sql: 'select 1 from ledger having sum(cents) <> 0', expect: { rows: 'none' } } as const;
    expect(await check(balanced)).toMatchObject({ outcome: 'inconclusive' });
    expect(await check({ ...balanced, breakWith: 'insert into ledger values (3, 1)' })).toMatchObject({
      outcome: 'passed',
      proof: '“insert into ledger values (3, 1)” in a rolled-back transaction: 1 row instead of no rows',
    });
    expect(await check({ ...balanced, breakWith: 'insert into ledger values (3, 0)' })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('was not seen to fail'),
    });
    expect(await check({ ...balanced, breakWith: 'insert into nowhere values (1)' })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('failed with 42P01'),
    });
    // A check that breaks itself is no proof.
    expect(await check({ ...balanced, breakWith: 'drop table ledger' })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('error 42P01'),
    });
    expect(await check({ sql: others, role: app, settings: tenant, expect: { rows: 'none' }, breakWith: 'select 1' })).toMatchObject({
      outcome: 'inconclusive',
    });
    expect(await check({ ...balanced, breakWith: 'insert into ledger values (3, 1); commit' })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('which would end the transaction'),
    });
    expect((await run('select count(*)::int as n from ledger')).rows).toEqual([{ n: 2 }]);
  });
});

test('a role that row level security never stops proves nothing about it', async () => {
  await withShop(18, async ({ app, owner, check, run }) => {
    const sql = 'select id from invoice where tenant > 5';
    const expected = { rows: 'none' } as const;
    const breakWith = `insert into invoice values (999, 9, 1, 'z')`;
    expect(await check({ sql, role: owner, expect: expected, breakWith })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('owns public.invoice, whose row level security is not forced for its owner'),
    });
    await run('alter table invoice force row level security');
    expect(await check({ sql, role: owner, expect: expected, breakWith: `${breakWith}; alter table invoice no force row level security` })).toMatchObject({
      outcome: 'passed',
    });
    expect(await check({ sql: 'select id from part where k = 1 and id > 50', role: owner, expect: expected })).toMatchObject({
      title: expect.stringContaining('owns public.part, whose'),
    });
    await run(`alter role ${app} bypassrls`);
    expect(await check({ sql, role: app, expect: expected, breakWith })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('has BYPASSRLS'),
    });
    // A table without row level security, or a trigger's refusal, is another matter.
    expect(
      await check({ sql: 'select 1 from ledger having sum(cents) <> 0', role: app, expect: expected, breakWith: 'insert into ledger values (1, 1)' }),
    ).toMatchObject({ outcome: 'passed' });
    await run(`alter role ${app} superuser`);
    expect(await check({ sql, role: app, expect: expected, breakWith })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('is a superuser'),
    });
    expect(await check({ sql: 'update ledger set cents = 1', role: app, expect: { error: '23001' } })).toMatchObject({ outcome: 'passed' });
  });
});

test('faults of the check itself are no violations', async () => {
  await withShop(18, async ({ app, check }) => {
    const none = { rows: 'none' } as const;
    expect(await check({ sql: 'select legal_entity from invoice', expect: none })).toMatchObject({
      outcome: 'inconclusive',
      severity: 'doubt',
      title: 'Invariant x proves nothing: its own SQL failed: column "legal_entity" does not exist (SQLSTATE 42703)',
    });
    expect(await check({ sql: 'select 1', role: 'nobody_at_all', expect: none })).toMatchObject({
      outcome: 'inconclusive',
      title: 'Invariant x proves nothing: it could not become nobody_at_all: role "nobody_at_all" does not exist',
    });
    expect(await check({ sql: 'select 1', role: app, settings: { work_mem: 'x' }, expect: none })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('its settings could not be made'),
    });
    expect(await check({ sql: 'select id from secret', role: app, expect: none })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('permission denied'),
    });
    expect(await check({ sql: 'select id from invoice', expect: { value: 1 } })).toMatchObject({
      outcome: 'inconclusive',
      title: expect.stringContaining('100 rows instead of one'),
    });
    expect(await check({ sql: "set local app.tenant = '1'; select 1 from invoice", expect: { rows: 100 } })).toMatchObject({ outcome: 'passed' });
  });
});
