import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { bookProduction, bookStaging } from '../support/book-store/read-book-store.ts';
import { withDatabase } from '../support/databases.ts';
import { urlOf } from '../sync/sync-stage.ts';
import { openStagingSync, readExample } from './staging-sync-stage.ts';

/** The lines of the README that start the APIs. */
const servers = [...readExample('README.md').matchAll(/^ {4}(\S.*app\/server\.cjs &)$/gm)].map(([, command = '']) => command);

// With few objects; the README's commands as a whole are in test/full.
test('tables, objects, migration and health as the example has them', async () => {
  await withDatabase(15, bookProduction, async (production) => {
    await withDatabase(18, bookStaging, async (staging, run) => {
      const urls = { production: urlOf(production), staging: urlOf(staging) };
      await using stage = await openStagingSync(urls, { production: production.database, staging: staging.database });
      for (let n = 1; n <= 20; n++) await stage.s3.put('books-images', `books/${n}/front page ü.jpg`, `${n}`);
      await Promise.all(servers.map((command) => stage.shell(command)));
      expect((await stage.pgrehearse('sync', '--stamp')).exitCode).toBe(0);
      const synced = await stage.pgrehearse('sync', '--yes');
      // 880 rows name images that nobody has put there.
      expect(synced, synced.stdout + synced.stderr).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('14 of 14 tables synced, 2,452 rows') });
      expect(synced.stdout).toContain('Staging’s bucket has all of 20 objects: 20 copied');
      expect(synced.stdout).toContain('4 steps after the data, all as configured');
      expect((await run('select version_num from alembic_version')).rows).toEqual([{ version_num: '8c1e90d' }]);
      expect((await run('select bool_or(active) as any, count(*)::int as n from price_alerts')).rows).toEqual([{ any: false, n: 11 }]);
    });
  });
});

test('a wrong profile is refused before any bucket is read, and before any database is connected to', async () => {
  let connections = 0;
  const listener = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  try {
    const url = (database: string) => `postgres://nobody@127.0.0.1:${port}/${database}?sslmode=disable`;
    await using stage = await openStagingSync({ production: url('books'), staging: url('books_staging') }, { production: 'books', staging: 'books_staging' });
    stage.edit((text) => text.replace('"books-prod"', '"books-staging"'));
    const wrong = await stage.pgrehearse('sync', '--yes', '--json');
    expect(wrong, wrong.stdout).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('cloud-wrong-account') });
    expect([...new Set(stage.s3.calls.map(({ operation }) => operation))]).toEqual(['GetCallerIdentity']);
    expect(connections).toBe(0);
  } finally {
    await new Promise((resolve) => listener.close(resolve));
  }
});
