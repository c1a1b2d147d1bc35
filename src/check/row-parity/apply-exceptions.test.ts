import { expect, test } from 'vitest';
import type { ParityException } from '../../config/schema.ts';
import type { TableHash } from '../../core/data.ts';
import { judgeRowParity } from './judge-row-parity.ts';

const reason = 'sessions come and go all the time';

const hashed = (table: string, rows: number, columns: Readonly<Record<string, string>>): TableHash => ({
  schema: 'public',
  table,
  rows,
  rowHash: Object.values(columns).join(),
  columns: Object.entries(columns).map(([column, hash]) => ({ column, values: rows, hash })),
});

const production = [hashed('session', 1000, { id: '1', seen: '2' }), hashed('user', 10, { id: '3', mail: '4' })];
const judge = (clone: readonly TableHash[], exceptions: readonly ParityException[], source: readonly TableHash[] = production) => {
  const { gate, findings } = judgeRowParity({ source, clone, limitPercent: 0, content: { source, clone }, wanted: 'content', exceptions });
  return { outcome: gate.outcome, summary: gate.summary, severities: findings.map(({ severity }) => severity), findings };
};
const [session = hashed('', 0, {}), user = hashed('', 0, {})] = production;
const other = { ...hashed('session', 998, { id: '5', seen: '6' }) };

test.each<[string, TableHash[], ParityException[]]>([
  ['rows, by number', [other, user], [{ table: 'session', rows: 2, reason }]],
  ['rows, by percent', [other, user], [{ table: 'public.session', rows: { percent: 0.2 }, reason }]],
  ['whatever differs', [other, user], [{ table: 'session', reason }]],
  [
    'the columns that differ',
    [
      {
        ...session,
        rowHash: 'x',
        columns: [
          { column: 'id', values: 1000, hash: '1' },
          { column: 'seen', values: 990, hash: '9' },
        ],
      },
      user,
    ],
    [{ table: 'session', columns: ['seen'], reason }],
  ],
  ['values that changed places', [{ ...session, rowHash: 'x' }, user], [{ table: 'session', reason }]],
])('explained is told with its reason, and passes: %s', (_, clone, exceptions) => {
  const { outcome, summary, severities, findings } = judge(clone, exceptions);
  expect({ outcome, others: severities.filter((one) => one !== 'note') }).toEqual({ outcome: 'passed', others: [] });
  expect(summary).toContain('but for what is explained of public.session');
  expect(findings.length).toBeGreaterThan(0);
  for (const { detail } of findings) expect(detail).toContain(reason);
});

test.each<[string, TableHash[], ParityException[]]>([
  ['more rows than it explains', [other, user], [{ table: 'session', rows: 1, reason }]],
  ['a larger share', [other, user], [{ table: 'session', rows: { percent: 0.1 }, reason }]],
  ['columns, and rows are missing', [other, user], [{ table: 'session', columns: ['id', 'seen'], reason }]],
  [
    'another column',
    [
      {
        ...session,
        rowHash: 'x',
        columns: [
          { column: 'id', values: 1000, hash: '8' },
          { column: 'seen', values: 1000, hash: '9' },
        ],
      },
      user,
    ],
    [{ table: 'session', columns: ['seen'], reason }],
  ],
  ['columns, and values changed places in any', [{ ...session, rowHash: 'x' }, user], [{ table: 'session', columns: ['seen'], reason }]],
  ['another table', [other, user], [{ table: 'user', reason }]],
  ['a table of another schema', [other, user], [{ table: 'app.session', reason }]],
  ['a table that the clone lacks', [user], [{ table: 'session', reason }]],
  ['a table that only the clone has', [session, user, hashed('more', 1, {})], [{ table: 'more', reason }]],
])('never explained: %s', (_, clone, exceptions) => {
  expect(judge(clone, exceptions)).toMatchObject({ outcome: 'inconclusive', severities: expect.arrayContaining(['doubt']) });
});

test('an exception that nothing needs is a doubt, and says why', () => {
  const { outcome, summary, findings } = judge(production, [
    { table: 'session', rows: 2, reason },
    { table: 'sesion', reason },
  ]);
  expect(outcome).toBe('inconclusive');
  expect(summary).toBe('The parity exception for session explains nothing: the table is the same on both sides.');
  expect(findings.map(({ id, title }) => [id, title])).toEqual([
    ['row-parity:table:session:exception', 'The parity exception for session explains nothing: the table is the same on both sides'],
    ['row-parity:table:sesion:exception', 'The parity exception for sesion explains nothing: production has no such table'],
  ]);
});
