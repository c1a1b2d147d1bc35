import { expect, test } from 'vitest';
import { type Major, withDatabase } from '../../../../test/support/databases.ts';
import { ask, withOwnServer } from '../../../../test/support/own-server.ts';
import type { PgDump, PgDumpRequest } from '../../../core/ports.ts';
import { Secret } from '../../../core/secret.ts';
import type { Address } from '../../../core/server.ts';
import { clientPrograms } from './client-programs.ts';
import { pgDumpFor } from './pg-dump-for.ts';

/** One of most kinds of object; a function's body has lines that look like pg_dump's own. */
const schema = `
  create schema sales;
  create type sales.state as enum ('open', 'paid');
  create domain sales.positive as numeric check (value > 0);
  create sequence sales.numbers increment 5;
  create table sales.customer (id int generated always as identity primary key, name varchar(40) not null check (name in ('a', 'b')), at timestamptz default now());
  create table sales.invoice (id bigint primary key default nextval('sales.numbers'), customer int references sales.customer on delete cascade,
    total sales.positive, net numeric generated always as (total / 1.2) stored, state sales.state default 'open', doc jsonb default '{}') partition by range (id);
  create table sales.invoice_1 partition of sales.invoice for values from (0) to (1000);
  create index open_invoices on sales.invoice (customer) where state = 'open';
  create view sales.open as select * from sales.invoice where total between 1 and 10;
  create materialized view sales.sums as select customer, sum(total) from sales.invoice group by 1;
  create function sales.odd() returns trigger language plpgsql as $f$
begin
  update sales.customer
  SET name = 'a';
-- SET is kept
/*
\\restrict abc
\\unrestrict abc
*/
  return new;
end $f$;
  create trigger odd before insert on sales.customer for each row execute function sales.odd();
  alter table sales.customer enable row level security;
  create policy mine on sales.customer using (name = current_user);
  comment on table sales.customer is 'who pays: é, 漢';
  grant select on sales.customer to public;
  alter default privileges in schema sales grant select on tables to public;
  create publication everything for table sales.customer;
`;

async function dumpBy(kind: 'native' | 'wasm', address: Address, major: Major, request?: PgDumpRequest): Promise<string> {
  const found = await pgDumpFor(major, kind);
  if (!found.ok) throw new Error(found.failure.message);
  const dumped = await found.value.dumpSchema(address, request);
  if (!dumped.ok) throw new Error(`${dumped.failure.code}: ${dumped.failure.message}`);
  return dumped.value;
}

/** What differs between two versions of pg_dump on the same server, and nothing else. */
function comparable(dump: string): string {
  return dump
    .replace(/^-- Dumped (?:from|by) .*\n/gm, '')
    .replace(/^ALTER (?:MATERIALIZED )?(?:VIEW|SEQUENCE) (\S+ OWNER TO)/gm, 'ALTER TABLE $1')
    .replace(/(ALTER DEFAULT PRIVILEGES .* ON TABLES) {2}TO/, '$1 TO')
    .replace(/\n{2,}/g, '\n\n');
}

const hasNative15 = (await clientPrograms('pg_dump')).some(({ major }) => major >= 15);

test.skipIf(!hasNative15)('the WebAssembly dump is the native one, byte for byte (needs the Debian package postgresql-client-15)', async () => {
  await withDatabase(15, schema, async (given) => {
    // Both go by the address, as behind a tunnel: nobody can look the name up.
    const address = { ...given, host: 'db.invalid', hostAddress: given.host };
    for (const request of [{}, { section: 'pre-data' }, { section: 'post-data' }] as const) {
      const native = await dumpBy('native', address, 15, request);
      expect(comparable(await dumpBy('wasm', address, 15, request))).toBe(comparable(native));
      expect(native.length).toBeGreaterThan(1_000);
    }
  });
});

test.each([15, 18] as const)('the WebAssembly dump has everything, on %i', async (major) => {
  await withDatabase(major, schema, async (address) => {
    const dump = await dumpBy('wasm', address, major);
    expect(dump).toContain('Dumped by pg_dump version 18');
    expect(dump).toContain("SET name = 'a';\n-- SET is kept\n/*\n\\restrict abc\n\\unrestrict abc\n");
    expect(dump.match(/^\\/gm)).toHaveLength(2);
    for (const part of [
      'CREATE POLICY mine',
      'CREATE TRIGGER odd',
      'ADD GENERATED ALWAYS AS IDENTITY',
      'é, 漢',
      'CREATE PUBLICATION everything',
      'ATTACH PARTITION',
    ]) {
      expect(dump).toContain(part);
    }
    expect(dump.trimEnd().endsWith('-- PostgreSQL database dump complete\n--')).toBe(true);
    // What it prints can be run.
    await withDatabase(major, '', async (_, run) => {
      await run(dump);
      expect((await run("select count(*)::int as n from pg_catalog.pg_policies where schemaname = 'sales'")).rows).toEqual([{ n: 1 }]);
    });
  });
});

test('thousands of tables: requests larger than one packet, two dumps at once', async () => {
  const many = `do $$ begin for n in 1..1500 loop execute format('create table "a table with a rather long name, number %s" (id int primary key, "column" text default %L)', n, n); end loop; end $$`;
  await withDatabase(18, many, async (address) => {
    const [one, two] = await Promise.all([dumpBy('wasm', address, 18), dumpBy('wasm', address, 18)]);
    expect(one.match(/^CREATE TABLE/gm)).toHaveLength(1500);
    expect(comparable(one)).toBe(comparable(two));
  });
});

test('a dump at an exported snapshot doesn’t see what came after', async () => {
  await withDatabase(18, 'create table before ()', async (address) => {
    const { connect } = await import('../connect.ts');
    const opened = await connect(address);
    if (!opened.ok) throw new Error(opened.failure.message);
    await using session = opened.value;
    await session.execute('begin isolation level repeatable read read only');
    const [row] = await session.query<{ snapshot: string }>('select pg_catalog.pg_export_snapshot() as snapshot');
    await ask(address, 'create table after ()');
    const dump = await dumpBy('wasm', address, 18, { snapshot: row?.snapshot ?? '' });
    expect(dump).toContain('CREATE TABLE public.before');
    expect(dump).not.toContain('CREATE TABLE public.after');
    await session.execute('rollback');
    const gone = await (await dumper(18, 'wasm')).dumpSchema(address, { snapshot: row?.snapshot ?? '' });
    expect(gone).toMatchObject({ ok: false, failure: { code: 'source-lost' } });
  });
});

async function dumper(major: Major, kind: 'native' | 'wasm'): Promise<PgDump> {
  const found = await pgDumpFor(major, kind);
  if (!found.ok) throw new Error(found.failure.message);
  return found.value;
}

test('what goes wrong is told by name', async () => {
  const kinds = hasNative15 ? (['wasm', 'native'] as const) : (['wasm'] as const);
  const role = `reader_${Math.random().toString(36).slice(2)}`;
  await withDatabase(15, 'create table secrets (a int); create table held (a int)', async (address, run) => {
    await run(`create role ${role} login`);
    try {
      for (const kind of kinds) {
        const pgDump = await dumper(15, kind);
        expect(await pgDump.dumpSchema({ ...address, user: role })).toMatchObject({
          ok: false,
          failure: { code: 'privileges-missing', object: expect.stringMatching(/secrets|held/) },
        });
        expect(await pgDump.dumpSchema({ ...address, port: 1 })).toMatchObject({ ok: false, failure: { code: 'source-unreachable' } });
        expect(await pgDump.dumpSchema({ ...address, user: 'nobody_known' })).toMatchObject({ ok: false, failure: { code: 'authentication-failed' } });
        const stopped = AbortSignal.timeout(kind === 'wasm' ? 60 : 10);
        expect(await pgDump.dumpSchema(address, {}, stopped)).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
        const odd = await pgDump.dumpSchema(address, { extra: ['--no-such-option'] });
        expect(odd).toMatchObject({ ok: false, failure: { code: 'dump-failed', message: expect.stringContaining('no-such-option') } });
      }
    } finally {
      await run(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

test('SCRAM and TLS, and a connection that ends in the middle', async () => {
  await withOwnServer(18, { hba: ['hostssl all scram 127.0.0.1/32 scram-sha-256'], tls: true }, async ({ admin, tcp, kill }) => {
    await ask(admin, "create role scram login superuser password 's3cret'; create table t (a int)");
    const address: Address = { ...tcp, host: 'localhost', user: 'scram', tls: 'require', password: new Secret('s3cret') };
    expect(await dumpBy('wasm', address, 18)).toContain('CREATE TABLE public.t');
    const pgDump = await dumper(18, 'wasm');
    expect(await pgDump.dumpSchema({ ...address, password: new Secret('wrong') })).toMatchObject({ ok: false, failure: { code: 'authentication-failed' } });
    // A lock lets the dump wait; the server dies meanwhile.
    const { connect } = await import('../connect.ts');
    const holder = await connect(admin);
    if (!holder.ok) throw new Error(holder.failure.message);
    await holder.value.execute('begin; lock table t');
    const dumping = pgDump.dumpSchema(address);
    await expect.poll(async () => (await ask(admin, "select from pg_stat_activity where wait_event_type = 'Lock'")).length, { timeout: 10_000 }).toBe(1);
    kill('SIGQUIT');
    expect(await dumping).toMatchObject({ ok: false, failure: { code: 'source-lost', rootCause: 'connection' } });
    await holder.value.close();
  });
});

test('a server newer than every pg_dump', async () => {
  expect(await pgDumpFor(99)).toMatchObject({
    ok: false,
    failure: { code: 'server-newer-than-clients', cure: expect.stringContaining('postgresql-client-99') },
  });
});
