import { randomBytes } from 'node:crypto';
import type { Address } from '../../src/core/server.ts';
import { type Major, testServer, withDatabase } from './databases.ts';
import { ask } from './own-server.ts';
import { testContext } from './test-context.ts';

/** Names of roles belong to the whole server: each test has its own. */
export function roleNames() {
  const suffix = randomBytes(4).toString('hex');
  return { owner: `own_${suffix}`, app: `app_${suffix}`, auditor: `Audit Or_${suffix}`, bypass: `byp_${suffix}` };
}
export type RoleNames = ReturnType<typeof roleNames>;

/** Roles with every attribute and membership that a copy must keep. */
export function richRoles({ owner, app, auditor, bypass }: RoleNames): string {
  return `
    create role ${owner} nosuperuser createrole login password 'secret-of-production';
    create role ${app} noinherit login connection limit 7 valid until '2031-05-06 07:08:09+00';
    create role "${auditor}" nologin;
    create role ${bypass} bypassrls createdb replication;
    comment on role ${app} is 'the application''s own';
    alter role ${app} set search_path to "$user", 'app Data', public;
    alter role ${app} set app.greeting = 'it''s a \\test';
    alter role ${app} set app.jwt_secret = 'production-secret';
    grant pg_read_all_data to "${auditor}";
    grant ${owner} to ${app} with admin option;
    set role ${app};
    grant ${owner} to "${auditor}";
    reset role;`;
}

/** A database that holds what copies usually lose. */
export function richDatabase({ owner, app, auditor, bypass }: RoleNames, major: number, database: string): string {
  return `
    create extension hstore;
    create schema "app Data" authorization ${owner};
    comment on schema "app Data" is 'quoted; name -- with traps';
    grant usage on schema "app Data" to ${app}, "${auditor}";
    alter default privileges for role ${owner} in schema "app Data" grant select on tables to "${auditor}";
    set role ${owner};

    create type "app Data".mood as enum ('sad', 'ok', 'Überglücklich');
    create domain "app Data".positive as integer check (value > 0);
    create table "app Data"."Kunde Ü" (
      id bigint generated always as identity primary key,
      "Größe; drop" text collate "C",
      mood "app Data".mood default 'ok',
      amount numeric(30, 10), ratio double precision, single real,
      tags text[], grid integer[][], doc jsonb, raw bytea, attributes public.hstore,
      at timestamptz, day date, span interval, net inet, bits bit varying(9),
      doubled numeric generated always as (amount * 2) stored${major >= 18 ? `,\n      tripled numeric generated always as (amount * 3) virtual` : ''},
      positive "app Data".positive
    );
    insert into "app Data"."Kunde Ü" ("Größe; drop", mood, amount, ratio, single, tags, grid, doc, raw, at, day, span, net, bits, positive)
    select case g % 5 when 0 then null when 1 then E'tab\\there\\nnewline\\\\.\\r' when 2 then '\\.' when 3 then '' else 'ü ' || g end,
           (array['sad', 'ok', 'Überglücklich']::"app Data".mood[])[1 + g % 3], g / 7.0,
           case g % 4 when 0 then 'NaN' when 1 then 'infinity' when 2 then '-infinity' else 1.0 / (g + 1) end::float8, (1.0 / (g + 3))::real,
           case when g % 3 = 0 then array['a,b', null, '{"x"}', E'\\n'] else '{}' end, array[[g, 1], [2, null]],
           jsonb_build_object('k', g, 'list', jsonb_build_array(1, 'x', null)), decode(md5(g::text), 'hex'),
           case g % 3 when 0 then 'infinity' when 1 then '0044-03-15 BC'::timestamptz else '2026-01-02 03:04:05.123456+00'::timestamptz + g * '1 minute'::interval end,
           '2026-02-28'::date + g, make_interval(months => g, secs => g * 1.5), '10.0.0.0/8', g::bit(8)::varbit, g + 1
      from generate_series(0, 499) g;
    create table "app Data".nothing ();
    insert into "app Data".nothing select from generate_series(1, 3);
    create unlogged table "app Data".cache (k text primary key, v text);
    insert into "app Data".cache select 'k' || g, repeat('v', g) from generate_series(1, 20) g;
    create table "app Data".computed (g integer generated always as (1) stored);
    insert into "app Data".computed default values;

    create table "app Data".event (id bigint not null, at date not null, body text, primary key (id, at)) partition by range (at);
    create table "app Data".event_2025 partition of "app Data".event for values from ('2025-01-01') to ('2026-01-01') partition by hash (id);
    create table "app Data".event_2025_0 partition of "app Data".event_2025 for values with (modulus 2, remainder 0);
    create table "app Data".event_2025_1 partition of "app Data".event_2025 for values with (modulus 2, remainder 1);
    create table "app Data".event_2026 (body text, at date not null, id bigint not null);
    alter table "app Data".event attach partition "app Data".event_2026 for values from ('2026-01-01') to ('2027-01-01');
    insert into "app Data".event select g, '2025-06-01'::date + g, 'e' || g from generate_series(1, 400) g;
    create table "app Data".by_mood (m "app Data".mood, n int) partition by hash (m);
    create table "app Data".by_mood_0 partition of "app Data".by_mood for values with (modulus 2, remainder 0);
    create table "app Data".by_mood_1 partition of "app Data".by_mood for values with (modulus 2, remainder 1);
    insert into "app Data".by_mood select (array['sad', 'ok', 'Überglücklich']::"app Data".mood[])[1 + g % 3], g from generate_series(1, 60) g;
    create table "app Data".parent (id int, note text);
    create table "app Data".child (extra text) inherits ("app Data".parent);
    insert into "app Data".parent values (1, 'p');
    insert into "app Data".child values (2, 'c', 'x'), (3, 'c', 'y');

    create sequence "app Data"."Folge" start 7 increment 5;
    create sequence "app Data".used;
    select nextval('"app Data".used'), nextval('"app Data".used');
    create sequence "app Data".down increment -1 maxvalue 100 start 100;

    create table "app Data".invoice (id int primary key, kunde bigint references "app Data"."Kunde Ü", tenant int not null, total numeric check (total >= 0));
    insert into "app Data".invoice select g, g, g % 3, g from generate_series(1, 50) g;
    alter table "app Data".invoice add constraint late check (total < 40) not valid;
    create index on "app Data".invoice (tenant) where total > 10;
    create unique index invoice_lower on "app Data".invoice (("total" * 2));
    create index event_body on "app Data".event (body);
    alter table "app Data".invoice enable row level security;
    alter table "app Data".invoice force row level security;
    create policy tenants on "app Data".invoice to ${app}, "${auditor}" using (tenant = current_setting('app.tenant', true)::int);
    create policy owners on "app Data".invoice for select to ${owner} using (true) ;
    grant select, insert (id, total) on "app Data".invoice to ${app} with grant option;
    grant select on "app Data"."Kunde Ü" to ${bypass};

    create function "app Data".audit() returns trigger language plpgsql as $body$
    begin
      update "app Data".cache
      SET v = 'x'
      -- a comment that begins a line
      where k = 'none';
      return new;
    end $body$;
    create trigger audited before update on "app Data".invoice for each row execute function "app Data".audit();
    create function "app Data".one() returns int language sql begin atomic select 1; end;
    create view "app Data".totals as select tenant, sum(total) as total from "app Data".invoice group by tenant;
    create materialized view "app Data".z_first as select tenant, total from "app Data".totals;
    create materialized view "app Data".a_second as select count(*) as n from "app Data".z_first;
    create unique index on "app Data".z_first (tenant);
    create materialized view "app Data".empty_one as select 1 as one with no data;
    create statistics "app Data".stats on tenant, total from "app Data".invoice;
    create rule quiet as on delete to "app Data".cache do instead nothing;
    reset role;

    create function public.note_ddl() returns event_trigger language plpgsql as $$ begin insert into "app Data".nothing select; end $$;
    create event trigger noted on ddl_command_end execute function public.note_ddl();
    create publication everything for all tables;
    select lo_from_bytea(424242, decode(repeat('00ff10', 1500000), 'hex'));
    alter large object 424242 owner to ${owner};
    grant select on large object 424242 to ${app};
    create extension postgres_fdw;
    create server elsewhere foreign data wrapper postgres_fdw options (host 'db.production.example');
    create user mapping for ${app} server elsewhere options (user 'u', password 'foreign-secret');
    create foreign table public.far (id int) server elsewhere;
    comment on database ${database} is 'it''s production';
    alter database ${database} set app.flag = 'on; really';
    alter database ${database} set work_mem = '5MB';
    revoke connect on database ${database} from public;
    grant create on database ${database} to ${app};
    alter database ${database} owner to ${owner};`;
}

/** A hash of each table's rows, whatever order they are in, and of each sequence: equal when the content is. */
export async function contentOf(address: Address): Promise<Record<string, string>> {
  const tables = await ask(
    address,
    `
    select n.nspname, c.relname, c.relkind, format('%I.%I', n.nspname, c.relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where (c.relkind in ('r', 'S') or c.relkind = 'm' and c.relispopulated) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 4`,
  );
  const content: Record<string, string> = {};
  for (const { name, relkind } of tables as { name: string; relkind: string }[]) {
    // A leaf is hashed by itself; which leaf holds an enum's hash differs from database to database.
    const label = /by_mood_\d/.test(name) ? 'by_mood' : name;
    const sql =
      relkind === 'S'
        ? `select format('%s %s', last_value, is_called) as hash from ${name}`
        : `select format('%s %s', count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)) as hash from ${label === 'by_mood' ? '"app Data".by_mood' : `only ${name}`} t`;
    const [row] = await ask(address, sql);
    content[label] = String(row?.hash);
  }
  const [objects] = await ask(
    address,
    `select coalesce(string_agg(format('%s %s', oid, md5(lo_get(oid))), ',' order by oid), '') as all from pg_largeobject_metadata`,
  );
  content['large objects'] = String(objects?.all);
  return content;
}

/** The schema as pg_dump writes it, without what names its own version and without the user mappings that a copy must not have. */
export async function schemaOf(address: Address, major: number): Promise<readonly string[]> {
  const dump = await testContext().edge.postgres.pgDumpFor(major);
  if (!dump.ok) throw new Error(dump.failure.message);
  const text = await dump.value.dumpSchema(address);
  if (!text.ok) throw new Error(text.failure.message);
  return text.value
    .replaceAll(/--\n-- Name: USER MAPPING[\s\S]*?\);\n\n\n/g, '')
    .split('\n')
    .filter((line) => !line.startsWith('-- Dumped'));
}

/** A rich database on a shared server; its roles go with it. */
export async function withRichDatabase<T>(major: Major, use: (address: Address, names: RoleNames) => Promise<T>): Promise<T> {
  const names = roleNames();
  const result = await withDatabase(major, richRoles(names), async (address, run) => {
    await run(richDatabase(names, major, address.database));
    return await use(address, names);
  });
  const roles = Object.values(names).map((name) => `"${name}"`);
  await ask(testServer(major), `reset role; drop owned by ${roles.join(', ')} cascade; drop role ${roles.join(', ')}`);
  return result;
}

/** What a copy keeps of roles: everything but LOGIN and the password. */
export async function rolesOf(address: Address, names: RoleNames): Promise<unknown> {
  const list = Object.values(names)
    .map((name) => `'${name}'`)
    .join(', ');
  const attributes = await ask(
    address,
    `select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil::text, shobj_description(oid, 'pg_authid')
       from pg_roles where rolname in (${list}) order by 1`,
  );
  const [{ sixteen } = { sixteen: false }] = await ask(address, "select current_setting('server_version_num')::int >= 160000 as sixteen");
  const memberships = await ask(
    address,
    `select pg_get_userbyid(roleid) as role, pg_get_userbyid(member) as member, pg_get_userbyid(grantor) as grantor, admin_option
            ${sixteen ? ', inherit_option, set_option' : ''}
       from pg_auth_members where pg_get_userbyid(member) in (${list}) order by 1, 2, 3`,
  );
  const settings = await ask(
    address,
    `select r.rolname, s.setconfig from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where r.rolname in (${list}) order by 1`,
  );
  return { attributes, memberships, settings };
}

/** What belongs to the database itself. */
export async function databaseOf(address: Address): Promise<unknown> {
  return await ask(
    address,
    `select pg_get_userbyid(datdba) as owner, shobj_description(oid, 'pg_database') as comment,
            (select array_agg(format('%s %s %s', coalesce(nullif(grantee, 0)::regrole::text, 'public'), privilege_type, is_grantable) order by coalesce(nullif(grantee, 0)::regrole::text, 'public'), privilege_type)
               from aclexplode(datacl)) as rights,
            (select setconfig from pg_db_role_setting where setdatabase = pg_database.oid and setrole = 0) as settings
       from pg_database where datname = current_database()`,
  );
}
