import { expect, test } from 'vitest';
import { settingsSchema } from '../schema.ts';
import { settingsProblems } from '../settings-problems.ts';

const problems = (data: Readonly<Record<string, unknown>>) =>
  settingsProblems(settingsSchema, {
    source: { dump: 'd' },
    migrate: { tool: 'sql-files', folder: 'm', layout: 'flat', role: 'r' },
    baseline: { mode: 'init-at-head', schema: ['h'] },
    data,
  }).map(({ path, message }) => `${path.join('.')} ${message}`);

const reason = 'sessions come and go all the time';

test('content may be compared whole, in a sample or not at all', () => {
  for (const parity of ['counts', 'content', { sample: 0.5 }])
    expect(problems({ parity, preservation: parity === 'counts' ? 'off' : { sample: 99 } })).toEqual([]);
  expect(problems({ parity: { sample: 100 } })).toHaveLength(1);
  expect(problems({ preservation: { sample: 0 } })).toHaveLength(1);
  expect(problems({ preservation: 'sample' })).toHaveLength(1);
});

test('an exception for columns that nobody compares is a problem, and told beside others', () => {
  const parityExceptions = [
    { table: 'a', rows: { percent: 0.1 }, reason },
    { table: 'b', columns: ['x'], reason },
  ];
  expect(problems({ parity: { sample: 1 }, parityExceptions })).toEqual([]);
  expect(problems({ parityExceptions })).toEqual(['data.parityExceptions.1.columns means something only where data.parity is content or a sample']);
  expect(problems({ parityExceptions: [{ table: 'a', rows: 0, reason: 'short' }] })).toHaveLength(2);
});
