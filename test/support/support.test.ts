import { expect, test } from 'vitest';
import { withDatabase } from './databases.ts';

test.each([15, 18] as const)('a test database on PostgreSQL %i', async (major) => {
  await withDatabase(major, 'create table t (a int); insert into t values (1)', async (_, run) => {
    expect((await run('select a from t')).rows).toEqual([{ a: 1 }]);
    expect((await run('show server_version')).rows[0].server_version).toMatch(new RegExp(`^${major}\\.`));
  });
});
