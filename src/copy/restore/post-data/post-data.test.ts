import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../../test/support/databases.ts';
import { ask } from '../../../../test/support/own-server.ts';
import { schemaOf } from '../../../../test/support/rich-database.ts';
import { testContext } from '../../../../test/support/test-context.ts';
import type { Session } from '../../../core/ports.ts';
import type { Address } from '../../../core/server.ts';
import { splitStatements } from '../../../sql/split-statements.ts';
import { listTables } from '../../live/table-list.ts';
import { Restore } from '../restore.ts';
import { openTarget } from '../session-settings.ts';
import { PostData } from './post-data.ts';

/** What makes the order of a post-data section matter. */
const everything = (major: number) => `
  create schema "S x"; create extension btree_gist;
  create table "S x"."T 1" (id int not null, "Größe" text, tenant int not null, note text, span int4range,
    constraint "T 1 pk" primary key (id) include (note) with (fillfactor = 70) deferrable initially deferred);
  alter table "S x"."T 1" add constraint "both; ways" unique ${major >= 15 ? 'nulls not distinct ' : ''}("Größe", tenant) deferrable;
  alter table "S x"."T 1" add constraint apart exclude using gist (tenant with =, span with &&) where (tenant > 0);
  create unique index lower_one on "S x"."T 1" (lower("Größe"), id) where tenant > 1;
  alter index "S x".lower_one alter column 1 set statistics 1000;
  create unique index for_identity on "S x"."T 1" (tenant, id); alter table "S x"."T 1" replica identity using index for_identity;
  create index sorted on "S x"."T 1" (note desc nulls last); alter table "S x"."T 1" cluster on sorted;
  comment on index "S x".sorted is 'it''s'; comment on constraint "both; ways" on "S x"."T 1" is 'both';
  create statistics "S x".stats (dependencies) on tenant, note from "S x"."T 1"; alter statistics "S x".stats set statistics 500;
  create table public.parent (id int, at date, name text, primary key (id, at)) partition by range (at);
  create table public.parent_1 partition of public.parent for values from ('2025-01-01') to ('2026-01-01') partition by range (id);
  create table public.parent_1a partition of public.parent_1 for values from (minvalue) to (1000);
  create table public.parent_2 partition of public.parent for values from ('2026-01-01') to ('2027-01-01');
  create index parent_name on public.parent (name);
  create table public.refers (id int primary key, p int, at date, t int, tenant int,
    constraint to_parent foreign key (p, at) references public.parent on delete cascade,
    constraint to_one foreign key (tenant, t) references "S x"."T 1" (tenant, id) deferrable initially deferred,
    constraint to_self foreign key (t) references public.refers not valid);
  comment on constraint to_parent on public.refers is 'to the parent';
  create table public.parts (id int, t int, tenant int, constraint from_parts foreign key (tenant, t) references "S x"."T 1" (tenant, id)) partition by hash (id);
  create table public.parts_0 partition of public.parts for values with (modulus 2, remainder 0);
  create table public.parts_1 partition of public.parts for values with (modulus 2, remainder 1);
  comment on constraint from_parts on public.parts is 'from the parts';
  alter table public.refers add constraint positive check (id > 0) not valid;
  create view public.by_key as select id, name, count(*) from public.refers left join lateral (select 'x' as name) x on true group by refers.id, name;
  create view public.grouped as select r.id, r.t from public.refers r group by r.id;
  create materialized view public.kept as select r.id, r.t from public.refers r group by r.id with no data;
  create unique index on public.kept (id);
  create function public.counted(i int) returns int language sql immutable return (select max(t) from (select r.id, r.t from public.refers r group by r.id) x where x.id = i);
  
  create function public.noted() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger noted before insert on public.refers for each row execute function public.noted();
  alter table public.refers disable trigger noted;
  create rule quiet as on delete to public.refers where old.id = 7 do instead nothing;
  alter table public.refers enable row level security; create policy p on public.refers using (id > 0);
  create publication "all of it" for table public.refers, "S x"."T 1";
  create table public.one_of_many (a int, b int, c int, unique (a), unique (b), unique (c) include (a));
  insert into "S x"."T 1" select g, 'G' || g, g % 5, 'n' || g % 7, int4range(g, g + 1) from generate_series(1, 500) g;
  insert into public.parent select g, '2025-03-01'::date + g, case when g < 306 then 'a' else 'b' end from generate_series(1, 400) g;
  insert into public.refers (id, p, at, t, tenant) select g, g, '2025-03-01'::date + g, g, g % 5 from generate_series(1, 300) g;
  insert into public.parts select g, g, g % 5 from generate_series(1, 300) g;
  create index calls on public.one_of_many (public.counted(a));
  insert into public.one_of_many select g, g, g from generate_series(1, 300) g;
  analyze`;

/** What pg_dump doesn't show of indexes, constraints and triggers, and whether statistics are there. */
const catalog = `
  select 'index' as kind, i.indexrelid::regclass::text as name, to_jsonb(i) - '{indexrelid,indrelid,indcollation,indclass,indexprs,indpred}'::text[] || jsonb_build_object(
           'am', c.relam, 'options', c.reloptions, 'attributes', (select jsonb_agg(jsonb_build_array(a.attname, a.attstattarget, a.attnotnull) order by a.attnum) from pg_attribute a where a.attrelid = c.oid),
           'depends', (select jsonb_agg(jsonb_build_array(d.deptype, pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)) order by 1, pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)) from pg_depend d where d.objid = c.oid)) as what
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'S x')
  union all
  select 'constraint', k.conname || ' on ' || k.conrelid::regclass, jsonb_build_object('def', pg_get_constraintdef(k.oid), 'valid', k.convalidated, 'local', k.conislocal, 'inherited', k.coninhcount,
           'noinherit', k.connoinherit, 'deferrable', k.condeferrable, 'deferred', k.condeferred, 'key', k.conkey, 'index', k.conindid::regclass::text,
           'depends', (select jsonb_agg(jsonb_build_array(d.deptype, pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)) order by 1, pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)) from pg_depend d where d.objid = k.oid))
    from pg_constraint k where k.conrelid <> 0 and k.connamespace in (select oid from pg_namespace where nspname in ('public', 'S x'))
  union all
  select 'trigger', t.tgrelid::regclass || ' ' || regexp_replace(t.tgname, '_\\d+$', ''), jsonb_agg(jsonb_build_object('enabled', t.tgenabled, 'function', t.tgfoid::regproc, 'for', k.conname, 'def', t.tgtype) order by t.tgfoid, k.conname)
    from pg_trigger t left join pg_constraint k on k.oid = t.tgconstraint group by 1, 2
  union all
  select 'statistics', s.schemaname || '.' || s.tablename || '.' || s.attname, to_jsonb(count(*)) from pg_stats s where s.schemaname in ('public', 'S x') group by 2
  union all
  select 'extended', e.statistics_name, to_jsonb(e.dependencies is not null) from pg_stats_ext e
  order by 1, 2, 3`;

async function textsOf(address: Address, major: number) {
  const dump = await testContext().edge.postgres.pgDumpFor(major);
  if (!dump.ok) throw new Error(dump.failure.message);
  const [pre, post] = await Promise.all(
    (['pre-data', 'post-data'] as const).map(async (section) => {
      const text = await dump.value.dumpSchema(address, { section });
      if (!text.ok) throw new Error(text.failure.message);
      return splitStatements(text.value).map((statement) => statement.text);
    }),
  );
  return { pre: pre ?? [], post: post ?? [] };
}

type Way = (
  target: Address,
  session: Session,
  restore: Restore,
  post: readonly string[],
  load: (only?: (name: string) => boolean) => Promise<void>,
) => Promise<void>;

async function restored(source: Address, major: 15 | 18, texts: Awaited<ReturnType<typeof textsOf>>, way: Way) {
  return await withDatabase(major, '', async (target) => {
    const context = testContext();
    const reading = await openTarget(context, source, 'silent');
    const writing = await openTarget(context, target, 'silent');
    if (!reading.ok || !writing.ok) throw new Error('no session');
    await using from = reading.value;
    await using session = writing.value;
    const restore = new Restore(session);
    await restore.runAll(texts.pre);
    const load = async (only: (name: string) => boolean = () => true) => {
      for (const { schema, name } of await listTables(from)) {
        if (!only(name)) continue;
        await pipeline(from.copyOut(`copy "${schema}"."${name}" to stdout`), session.copyIn(`copy "${schema}"."${name}" from stdin`));
      }
    };
    await way(target, session, restore, texts.post, load);
    expect(restore.losses).toEqual([]);
    return { schema: await schemaOf(target, major), catalog: await ask(target, catalog) };
  });
}

const sequential: Way = async (_target, session, restore, post, load) => {
  await load();
  for (const statement of post) await restore.run(statement);
  await session.execute('analyze');
};

test.each([15, 18] as const)('PostgreSQL %i: side by side, table by table or one after the other, the result is the same', async (major) => {
  await withDatabase(major, everything(major), async (source) => {
    const texts = await textsOf(source, major);
    const expected = await restored(source, major, texts, sequential);
    expect(expected.schema).toEqual(await schemaOf(source, major));
    expect(expected.catalog.length).toBeGreaterThan(80);

    const sizes = (bytes: number) => new Map(['"S x"."T 1"', 'public.refers', 'public.one_of_many', 'public.parts_0'].map((name) => [name, bytes]));
    const atOnce = await restored(source, major, texts, async (target, session, restore, post, load) => {
      await load();
      await using building = await PostData.start(testContext(), target, session, post, { jobs: 3, restore, sizes: sizes(0) });
      await building.finish();
    });
    expect(atOnce).toEqual(expected);
    // As large tables: each index on its own, side by side, while rows still come.
    const tableByTable = await restored(source, major, texts, async (target, session, restore, post, load) => {
      await using building = await PostData.start(testContext(), target, session, post, { jobs: 3, jobsWhileLoading: 1, restore, sizes: sizes(1e9) });
      await load((name) => name === 'T 1');
      building.tableLoaded('S x', 'T 1');
      await load((name) => name === 'refers');
      building.tableLoaded('public', 'refers');
      await load((name) => !['T 1', 'refers'].includes(name));
      building.tableLoaded('public', 'one_of_many');
      await building.finish();
    });
    expect(tableByTable).toEqual(expected);
  });
});
