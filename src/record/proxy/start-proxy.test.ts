import pg from 'pg';
import { expect, test } from 'vitest';
import { watching } from '../../../test/record/proxy-watching.ts';
import { type Major, withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import type { Address } from '../../core/server.ts';
import { startProxy } from './start-proxy.ts';

async function client(address: Address): Promise<pg.Client> {
  const { host, port, user, database } = address;
  const made = new pg.Client({ host, port, user, database, ssl: false });
  made.on('error', () => {});
  await made.connect();
  return made;
}

test.each<Major>([15, 18])('statements are told with their tags, rows, errors and states (%i)', async (major) => {
  await withDatabase(major, 'create table t(id int primary key)', async (target) => {
    const { told, hooks } = watching();
    await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
    const session = await client(proxy.address);
    await session.query('insert into t values (1), (2); select * from t');
    await session.query('begin');
    await session.query('update t set id = id + 10 where id = $1', [1]);
    await expect(session.query('select 1/0')).rejects.toThrow('division by zero');
    await session.query('rollback');
    await expect(session.query('selec $1', [1])).rejects.toThrow('syntax error');
    await session.query('-- nothing');
    await session.end();
    await proxy.close();
    expect(told).toEqual([
      'open 1 postgres',
      'ready I ask',
      'start insert into t values (1), (2)',
      'INSERT 2 insert into t values (1), (2)',
      'start select * from t',
      'SELECT 2 select * from t',
      'ready I ask',
      'start begin',
      'BEGIN null begin',
      'ready T',
      'start update t set id = id + 10 where id = $1',
      'UPDATE 1 update t set id = id + 10 where id = $1',
      'ready T ask',
      'start select 1/0',
      '22012 null select 1/0',
      'ready E',
      'start rollback',
      'ROLLBACK null rollback',
      'ready I ask',
      'start selec $1',
      '42601 null selec $1',
      'ready I ask',
      'start -- nothing',
      ' null -- nothing',
      'ready I ask',
      'close 1 closed',
    ]);
  });
});

test.each<Major>([15, 18])('what is asked at ReadyForQuery stays between the server and us (%i)', async (major) => {
  await withDatabase(major, 'create table t(id int primary key)', async (target) => {
    const answers: unknown[] = [];
    const { hooks } = watching({
      atReady: async ({ ask, statements }) => {
        if (ask !== undefined && statements.length > 0) answers.push(await ask({ name: 'ours', text: 'select count(*), $1::text, null from public.t' }, ['x']));
      },
    });
    await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
    const session = await client(proxy.address);
    await session.query('begin');
    await session.query('insert into t values (1)');
    await session.query('discard plans');
    await session.query('deallocate all');
    await session.query('do $$ begin execute $x$deallocate all$x$; end $$');
    await session.query('commit');
    await session.query('drop table t');
    expect((await session.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await session.end();
    expect(answers).toEqual([...Array(5).fill([['1', 'x', null]]), undefined, undefined]);
  });
});
