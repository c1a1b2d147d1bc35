import { expect, test } from 'vitest';
import { fewOf } from '../../test/support/in-full.ts';
import { ask, withOwnServer } from '../../test/support/own-server.ts';
import { contentOf, databaseOf, rolesOf, schemaOf, withRichDatabase } from '../../test/support/rich-database.ts';
import { testContext } from '../../test/support/test-context.ts';
import type { Address } from '../core/server.ts';
import { openUrl } from '../source/url.ts';
import { copyDatabase } from './copy-database.ts';
import { countRows } from './parity/count-rows.ts';

const urlOf = ({ user, host, port, database }: Address) => `postgres://${user}@${host}:${port}/${database}`;

/** The older one is read for a copy into the newer one too. */
const majors = fewOf([15, 18] as const, (major) => major === 18);

test.each(majors)('a live PostgreSQL %i is copied with everything that it holds', async (major) => {
  await withRichDatabase(major, async (address, names) => {
    await withOwnServer(major, { hba: ['host all all 127.0.0.1/32 trust'] }, async ({ tcp }) => {
      await ask(tcp, `create database ${address.database} template template0`);
      const target = { ...tcp, database: address.database };
      const context = testContext();
      const opened = await openUrl(context, { url: urlOf(address), allowPrimary: true });
      if (!opened.ok) throw new Error(opened.failure.message);
      await using source = opened.value;
      const copied = await copyDatabase(context, source, target);
      if (!copied.ok) throw new Error(copied.failure.message);
      const { report, sourceSchemaText } = copied.value;

      expect(report.losses).toEqual([]);
      expect(await contentOf(target)).toEqual(await contentOf(address));
      expect(await schemaOf(target, major)).toEqual(await schemaOf(address, major));
      expect(await countRows(context, target, { materializedViews: false })).toEqual(report.sourceCounts);
      expect(report.rows).toBe(report.sourceCounts.reduce((sum, count) => sum + count.rows, 0));
      expect(report.snapshotHeldMs).toBeGreaterThan(0);

      const secret = { from: 'production-secret', to: '***' };
      const expected = JSON.parse(JSON.stringify(await rolesOf(address, names)).replace(secret.from, secret.to)) as unknown;
      expect(await rolesOf(target, names)).toEqual(expected);
      expect(await databaseOf(target)).toEqual(await databaseOf(address));
      expect(await ask(target, 'select rolname from pg_authid where (rolcanlogin or rolpassword is not null) and oid <> 10')).toEqual([]);
      expect(await ask(target, 'select * from pg_user_mappings')).toEqual([]);

      // No secret of production is in what is kept of it.
      const kept = JSON.stringify([source.facts, report, sourceSchemaText, context.events]);
      expect(kept).not.toMatch(/foreign-secret|production-secret|secret-of-production/);
      expect(report.harmless).toContainEqual(expect.stringContaining('user mapping'));
      expect(context.events).toContainEqual(expect.objectContaining({ type: 'progress', unit: 'rows', done: report.rows }));
    });
  });
});

test('a copy into a newer major keeps rows, roles and grants', async () => {
  await withRichDatabase(15, async (address, names) => {
    await withOwnServer(18, { hba: ['host all all 127.0.0.1/32 trust'] }, async ({ tcp }) => {
      await ask(tcp, `create database ${address.database} template template0`);
      const target = { ...tcp, database: address.database };
      await ask(address, 'drop schema public cascade');
      const opened = await openUrl(testContext(), { url: urlOf(address), allowPrimary: true });
      if (!opened.ok) throw new Error(opened.failure.message);
      await using source = opened.value;
      const copied = await copyDatabase(testContext(), source, target, { jobs: 1 });
      if (!copied.ok) throw new Error(copied.failure.message);
      expect(copied.value.report.losses).toEqual([]);
      expect(await contentOf(target)).toEqual(await contentOf(address));
      expect(await databaseOf(target)).toEqual(await databaseOf(address));
      expect(await ask(target, "select count(*)::int as policies from pg_policies where tablename = 'invoice'")).toEqual([{ policies: 2 }]);
      expect(
        await ask(
          target,
          `select pg_has_role('${names.app}', '${names.owner}', 'usage') as uses, pg_has_role('${names.app}', '${names.owner}', 'set') as sets`,
        ),
      ).toEqual([{ uses: false, sets: true }]);
      // Production has dropped its schema public: so has the copy.
      expect(await ask(target, "select 1 from pg_namespace where nspname = 'public'")).toEqual([]);
    });
  });
});
