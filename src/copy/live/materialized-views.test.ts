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
