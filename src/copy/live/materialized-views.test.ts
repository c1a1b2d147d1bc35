import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { openUrl } from '../../source/url.ts';
import { copyDatabase } from '../copy-database.ts';

test('views that read each other through functions are filled all the same; those without content stay so', async () => {
  const made = `
    create materialized view z_last as select 1 as n; create function through() returns bigint language sql as 'select sum(n) from public.z_last';
    create materialized view b_second as select through() as n; create function further() returns bigint language sql as 'select sum(n) from public.b_second';
    create materialized view a_first as select further() as n;
    create materialized view never as select 1 as n with no data; create function from_never() returns bigint language sql as 'select sum(n) from public.never';
    create materialized view kept as select 1 as n`;
  await withDatabase(15, made, async (source, run) => {
    // Filled while what it reads had content, which it has no more.
    await run(
      'refresh materialized view never; drop materialized view kept; create materialized view kept as select from_never() as n; refresh materialized view never with no data',
    );
    await withDatabase(15, '', async (target) => {
      const opened = await openUrl(testContext(), { url: `postgres://postgres@127.0.0.1:${source.port}/${source.database}`, allowPrimary: true });
      if (!opened.ok) throw new Error(opened.failure.message);
      await using live = opened.value;
      const copied = await copyDatabase(testContext(), { ...live, facts: { ...live.facts, roles: [], memberships: [] } }, target);
      if (!copied.ok) throw new Error(copied.failure.message);
      expect(copied.value.report.losses.map(({ object, sqlstate }) => [object.name, sqlstate])).toEqual([['public.kept', '55000']]);
      expect(
        await ask(
          target,
          "select (select n::int from a_first) as first, (select array_agg(relname::text order by 1) from pg_class where relkind = 'm' and not relispopulated) as empty",
        ),
      ).toEqual([{ first: 1, empty: ['kept', 'never'] }]);
      expect(await ask(target, "select count(*)::int as analysed from pg_stats where tablename = 'a_first'")).toEqual([{ analysed: 1 }]);
    });
  });
});

test('views that don’t read each other are filled at the same time, those that read them afterwards', async () => {
  // On the copy, each of two waits until the other is being filled as well: one after the other, they would wait for ever.
  const made = `
    create function meet(me int, other int) returns int language plpgsql as $$
    begin
      if current_database() = 'source' then return me; end if;
      perform pg_advisory_lock_shared(4711, me);
      while not exists (select from pg_locks where locktype = 'advisory' and classid = 4711 and objid = other and database = (select oid from pg_database where datname = current_database())) loop perform pg_sleep(0.01); end loop;
      return me;
    end $$;
    create materialized view b_one as select public.meet(1, 2) as n; create materialized view c_two as select public.meet(2, 1) as n;
    create materialized view a_both as select b_one.n + c_two.n as n from b_one, c_two`;
  await withDatabase(15, '', async (source, run) => {
    await run(made.replace("'source'", `'${source.database}'`));
    await withDatabase(15, '', async (target) => {
      const opened = await openUrl(testContext(), { url: `postgres://postgres@127.0.0.1:${source.port}/${source.database}`, allowPrimary: true });
      if (!opened.ok) throw new Error(opened.failure.message);
      await using live = opened.value;
      const copied = await copyDatabase(testContext(), { ...live, facts: { ...live.facts, roles: [], memberships: [] } }, target, { jobs: 2 });
      if (!copied.ok) throw new Error(copied.failure.message);
      expect(copied.value.report.losses).toEqual([]);
      expect(await ask(target, 'select n from a_both')).toEqual([{ n: 3 }]);
    });
  });
});
