import { expect, test } from 'vitest';
import type { Major } from '../../../test/support/databases.ts';
import { withSession } from '../../../test/support/session.ts';
import { knownMajors } from './catalog.ts';
import { coverageOf } from './coverage-list.ts';

const columnsOfServer = `
  select format('%s.%s', c.relname, a.attname) as name
    from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid
   where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
   order by 1`;

test.each<Major>([15, 18])('every column of the catalogs of PostgreSQL %i is listed once, and no other', async (major) => {
  await withSession(major, '', async (session) => {
    const rows = await session.query<{ name: string }>(columnsOfServer);
    const listed = coverageOf(major).map(({ name }) => name);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed).toEqual(rows.map(({ name }) => name).toSorted());
  });
});

test.each(knownMajors)('PostgreSQL %i: each column has one treatment, and says why', (major) => {
  const listed = coverageOf(major);
  expect(new Set(listed.map(({ name }) => name)).size).toBe(listed.length);
  expect(listed.length).toBeGreaterThan(550);
  for (const { why } of listed) expect(why).not.toBe('');
});
