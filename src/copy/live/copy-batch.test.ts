import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { Progress } from '../progress.ts';
import { copyBatch } from './copy-batch.ts';
import { type CopyTable, listTables } from './table-list.ts';

const context = testContext();

async function connect(address: Address): Promise<Session> {
  const opened = await context.edge.postgres.connect(address);
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

const columns = `"o'dd" char(5), many character(300), "one" char, plain bpchar, words varchar(9), list char(3)[]`;
const values = `insert into padded values ('ab', repeat('äö€', 40), 'x', 'no length  ', 'short', '{a,bc}'), ('', '', '', '', '', '{}'), (null, null, null, null, null, null)`;
const asBytes = `select md5(string_agg(convert_to(("o'dd", many, "one", plain, words, list)::text, 'UTF8')::text, ',' order by plain)) as rows from padded`;
const typmods = `select attname::text as name, atttypmod as typmod from pg_attribute where attrelid = 'padded'::regclass and attnum > 0 order by attnum`;

test.each([
  [15, 15],
  [18, 18],
  [15, 18],
] as const)('char(n) comes over padded as it is, and has its length again, from %i to %i', async (from, to) => {
  await withDatabase(from, `create table padded (${columns}); ${values}`, async (source) => {
    await withDatabase(to, `create table padded (${columns})`, async (target) => {
      await using reading = await connect(source);
      await using writing = await connect(target);
      const [small] = await listTables(reading);
      const table = { ...(small as CopyTable), sizeBytes: 32 * 1024 ** 2 };
      const part = new Progress(() => {}, {}).part({ estimatedRows: 3, sizeBytes: 1 });
      const before = await writing.query(typmods);
      expect(await copyBatch(reading, writing, [table], { label: 'production', part, isServerOurs: true })).toEqual([3]);

      expect(await writing.query(asBytes)).toEqual(await reading.query(asBytes));
      expect(await writing.query(typmods)).toEqual(before);
      await expect(writing.execute(`insert into padded ("o'dd") values ('longer')`)).rejects.toThrow('too long');
      // A load that fails leaves the lengths as they were.
      await writing.execute('alter table padded add check (plain is null) not valid');
      await expect(copyBatch(reading, writing, [table], { label: 'production', part, isServerOurs: true })).rejects.toThrow('padded');
      expect(await writing.query(typmods)).toEqual(before);
    });
  });
});
