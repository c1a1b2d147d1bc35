import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { settingsSchema } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { askEarly, askLate } from './ask-around.ts';

const query = (name: string, sql: string, expected: object) => ({ name, sql, expect: expected });

test('a before-check whose table the migration takes away is not shown to notice rows', async () => {
  const before = [
    query('no-duplicates', 'select name from public.item group by name having count(*) > 1', { rows: 'none' }),
    query('not-there-yet', "select to_regclass('public.thing') is null", { value: true }),
  ];
  const { runbook } = settingsSchema.parse({
    source: { urlVariable: 'SOURCE_URL' },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: '0001' },
    baseline: { mode: 'init-at-head', schema: ['head.sql'] },
    runbook: { migrations: [{ revision: '0002', before }] },
  });
  const [told] = runbook.migrations;
  if (told === undefined) throw new Error('there is no migration');
  const migration = { revision: '0002', file: '0002.sql', sha256: '', up: '', upLine: 1, optsOutOfTransaction: false };
  const batch = { label: '0002', entries: [{ told, migration }], apply: async () => undefined };
  await withSession(18, 'create table public.item (name text)', async (session) => {
    const said: CheckOutcome[] = [];
    const tell = (outcome: CheckOutcome) => void said.push(outcome);
    const early = await askEarly(session, batch, [], tell);
    await session.execute('alter table public.item rename to thing');
    await askLate(session, batch, { ...early, masked: [] }, tell);
    expect(said.map(({ gate: { gate, outcome } }) => `${gate} ${outcome}`)).toEqual([
      'before:0002:no-duplicates inconclusive',
      'before:0002:not-there-yet passed',
    ]);
  });
});
