import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { withSession } from '../../../test/support/session.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { compareStates, newlyInvalid, readState, type StateWanted } from './clone-state.ts';
import { readMarks, writtenBetween } from './written-tables.ts';

const tables = `create table item (id int primary key, a int, b text); insert into item values (1, 1, 'x'), (2, 2, 'y');
create table other (a int); insert into other values (1); create table quiet (a int); create table gone (a int);
create table retyped (a int); insert into retyped values (1); create table emptied (a int); insert into emptied values (1);
create table migrations (version text); insert into migrations values ('1')`;
const wanted: StateWanted = {
  written: new Set(['public.item', 'public.other']),
  ledger: { table: 'migrations', column: 'version' },
  ledgerName: 'public.migrations',
};

test('two states are told apart by schema, rows, values, rows put together otherwise, and the ledger', async () => {
  const context = testContext();
  await withDatabase(15, tables, async (address, run) => {
    const before = await readState(context, address, wanted);
    expect(compareStates(await readState(context, address, wanted), before)).toEqual([]);
    const after = async (sql: string) => {
      await run(sql);
      const texts = compareStates(await readState(context, address, wanted), before).map(({ text }) => text);
      return texts;
    };
    expect(await after('update item set a = a + 1')).toEqual(['public.item.a holds other values']);
    // The values are those of before, in other rows.
    expect(await after('update item set a = 3 - id')).toEqual(['public.item has the same values in other rows']);
    expect(await after('update item set a = id; insert into other values (5)')).toEqual(['public.other has 2 rows, not 1']);
    expect(await after("delete from other where a = 5; insert into migrations values ('2')")).toEqual(['the ledger has 2: applied']);
    expect(await after("delete from migrations where version = '2'; create index item_a on item (a)")).toEqual(['index public.item_a is there']);
    expect(await after('drop index item_a; drop table quiet')).toEqual(['table public.quiet is not there']);
  });
});

test('invalid indexes are named, also those of tables that are new', async () => {
  const context = testContext();
  await withSession(18, tables, async (session, address) => {
    const before = await readState(context, address, wanted);
    await session.execute('create table fresh (a int); insert into fresh values (1), (1)');
    await expect(session.execute('create unique index concurrently fresh_key on fresh (a)')).rejects.toThrow();
    await session.execute('insert into other values (1)');
    await expect(session.execute('create unique index concurrently other_key on other (a)')).rejects.toThrow();
    const after = await readState(context, address, wanted);
    expect(compareStates(after, before)).toContainEqual(
      expect.objectContaining({ text: 'index public.other_key is there, but not valid', invalidIndex: 'public.other_key' }),
    );
    expect(newlyInvalid(after, before).map(({ text }) => text)).toEqual(['index public.fresh_key is there, but not valid']);
  });
});

test.each([15, 18] as const)('tables that were written to are known by their files and counters (PostgreSQL %i)', async (major) => {
  await withSession(major, tables, async (session, address) => {
    const before = await readMarks(session);
    await withOther(
      address,
      'update item set a = 7; create table fresh (a int); drop table gone; truncate emptied; alter table retyped alter a type bigint; alter table other rename to another; insert into another values (9)',
    );
    const written = writtenBetween(before, await readMarks(session));
    expect([...(written ?? [])].sort()).toEqual([
      'public.another',
      'public.emptied',
      'public.fresh',
      'public.gone',
      'public.item',
      'public.other',
      'public.retyped',
    ]);
    expect(writtenBetween(undefined, before)).toBeUndefined();
  });
});

async function withOther(address: Parameters<ReturnType<typeof testContext>['edge']['postgres']['connect']>[0], sql: string): Promise<void> {
  const connected = await testContext().edge.postgres.connect(address);
  if (!connected.ok) throw new Error(connected.failure.message);
  await using session = connected.value;
  await session.execute(sql);
}
