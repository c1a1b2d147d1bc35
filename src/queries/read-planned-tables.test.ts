import { expect, test } from 'vitest';
import { withSession } from '../../test/support/session.ts';
import { readPlannedTables } from './read-planned-tables.ts';

test.each([15, 18] as const)('what a migration does to what the planner goes by, on %i', async (major) => {
  const sql = `create table t (id int primary key, old int, name varchar(10)); insert into t select n, n, n::text from generate_series(1, 500) n;
    create index t_name on t (name); alter table t drop column old; analyze t; create sequence s; create view v as select 1 as one`;
  await withSession(major, sql, async (session) => {
    const [before, ...others] = await readPlannedTables(session);
    expect(others).toEqual([]);
    expect(before).toMatchObject({
      ...{ schema: 'public', table: 't', rows: 500, bytes: expect.any(Number), indexes: ['t_name', 't_pkey'] },
      columns: [
        { number: 1, name: 'id', analysed: true },
        { number: 3, name: 'name', analysed: true },
      ],
    });
    expect(await readPlannedTables(session)).toEqual([before]);
    await session.execute(
      'alter table t rename to u; alter table u rename name to title; alter table u alter title type text using title || id::text; drop index t_name',
    );
    const [after] = await readPlannedTables(session);
    expect(after).toMatchObject({
      ...{ oid: before?.oid, table: 'u', indexes: ['t_pkey'] },
      columns: [
        { number: 1, name: 'id', analysed: true },
        { number: 3, name: 'title', analysed: false },
      ],
    });
    expect(after?.file).not.toBe(before?.file);
    expect(after?.shape).not.toBe(before?.shape);
  });
});
