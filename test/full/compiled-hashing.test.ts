import { expect, test } from 'vitest';
import { hashColumns, hashSource, hashTables } from '../../src/copy/parity/hash-tables.ts';
import { openUrl } from '../../src/source/url.ts';
import { DebianServer } from '../support/debian-server.ts';
import { ask } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';

test('a clone’s server compiles the queries of large tables unless its jit is off, production’s isn’t asked to; what they give is the same', async () => {
  // Embedded servers have no compiler.
  await using server = await DebianServer.start();
  await ask(server.admin, 'create table t (n int, b bigint, c text); alter table t alter c set storage plain');
  await ask(server.admin, "insert into t select n, n * 3000000000, repeat('x', 7000) from generate_series(1, 200) n; analyze t");
  // What is compiled leaves files in the server’s folder. Of itself it would compile nothing; to us a row seems to cost as much as a million.
  await ask(
    server.admin,
    `alter database postgres set jit_dump_bitcode = on; alter database postgres set cpu_tuple_cost = 10000;
    alter database postgres set jit_above_cost = -1`,
  );
  const compiled = async () => (await ask(server.admin, "select count(*)::int as n from pg_ls_dir('.') as name where name like '%.bc'"))[0]?.n as number;
  const large = { partPages: 100 };

  const opened = await openUrl(testContext(), { url: server.url(), allowPrimary: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  await using source = opened.value;
  const before = await compiled();
  const expected = await hashSource(testContext(), source, large);
  expect(await compiled()).toBe(before);

  expect(await hashTables(testContext(), server.admin, { ...large, expected })).toEqual(expected);
  const afterRows = await compiled();
  expect(afterRows).toBeGreaterThan(before);
  expect(await hashTables(testContext(), server.admin, large)).toEqual(expected);
  expect(await hashColumns(testContext(), server.admin, large)).toEqual(expected.map(({ rowHash: _, ...columns }) => columns));
  const afterAll = await compiled();
  expect(afterAll).toBeGreaterThan(afterRows);

  await ask(server.admin, 'alter database postgres set jit = off');
  expect(await hashTables(testContext(), server.admin, large)).toEqual(expected);
  expect(await compiled()).toBe(afterAll);
});
