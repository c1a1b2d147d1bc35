import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';

test('a statement is described and not run, and one that fails leaves the session as it was', async () => {
  await withSession(18, 'create table t (id int, price numeric(10,2)); create sequence s', async (session) => {
    expect(await session.describe('select id, price from t where id = $1 and price > $2')).toEqual({
      parameters: [23, 1700],
      columns: [
        { name: 'id', typeOid: 23, typeModifier: -1 },
        { name: 'price', typeOid: 1700, typeModifier: ((10 << 16) | 2) + 4 },
      ],
    });
    expect(await session.describe("insert into t values (nextval('s'))")).toEqual({ parameters: [] });
    expect(await session.describe('select')).toEqual({ parameters: [], columns: [] });
    await expect(session.describe('select nope from t where id = $1')).rejects.toMatchObject({ fields: { sqlstate: '42703', position: 8 } });
    // Several at once wait for each other, and none gets another's answer.
    const answers = await Promise.allSettled([
      session.describe('select $1::text'),
      session.describe('nonsense'),
      session.query('select 1 as one'),
      session.describe('select 1 as b'),
    ]);
    expect(answers).toEqual([
      { status: 'fulfilled', value: { parameters: [25], columns: [expect.objectContaining({ typeOid: 25 })] } },
      { status: 'rejected', reason: expect.objectContaining({ fields: expect.objectContaining({ sqlstate: '42601' }) }) },
      { status: 'fulfilled', value: [{ one: 1 }] },
      { status: 'fulfilled', value: { parameters: [], columns: [expect.objectContaining({ name: 'b' })] } },
    ]);
    expect(await session.query('select is_called from s')).toEqual([{ is_called: false }]);
  });
});
