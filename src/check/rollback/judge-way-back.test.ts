import { expect, test } from 'vitest';
import { failure } from '../../core/failure.ts';
import type { BackDifference, WayBackStep } from '../../core/rollback.ts';
import { judgeWayBack, noWayBack, untriedWayBack } from './judge-way-back.ts';

const compared = { objects: 12, tables: 3, values: 900 };
const column = { kind: 'column' as const, object: { kind: 'column' as const, name: 'public.item.colour' }, before: 12_345, after: 0 };
const difference: BackDifference = {
  object: { kind: 'index', name: 'public.item_name' },
  how: 'only-right',
  class: 'physical',
  policy: 'fail',
  title: 'Index public.item_name is missing from the clone after going back',
};

function step(change: Partial<WayBackStep> = {}): WayBackStep {
  return {
    migration: '0002',
    place: { file: '0002.down.sql', line: 1 },
    outcome: 'done',
    changed: true,
    backMs: 20,
    compared,
    differences: [],
    data: [],
    drops: [],
    ...change,
  };
}
const judged = (steps: readonly WayBackStep[], required = true) => judgeWayBack({ way: 'down', required, steps });

test('what leads back passes, and says what it rests on', () => {
  const { gate, findings } = judged([step({ drops: ['public.item.note'], again: { ok: true } })]);
  expect(gate).toMatchObject({ gate: 'rollback:down', phase: 'rollback', outcome: 'passed', couldFail: true, required: true });
  expect(gate.summary).toBe(
    '0002 taken back is what was before, schema and data, in 20 ms. What is written into public.item.note since the deploy goes with it.',
  );
  expect(gate.proof).toMatch(/^1 of 1 step took back what had changed the clone; compared were 12 objects and, by their hashes, 900 values in 3 tables$/);
  expect(findings).toEqual([]);
});

test.each<[string, Partial<WayBackStep>, string, RegExp]>([
  ['missing', { outcome: 'missing' }, 'rollback:migration:0002:missing', /^0002 has no way down$/],
  ['empty', { outcome: 'empty' }, 'rollback:migration:0002:empty', /empty: it takes nothing back$/],
  ['a lost column', { data: [column] }, 'rollback:migration:0002:data', /public\.item\.colour loses its 12,345 values$/],
  ['a forgotten index', { differences: [difference] }, 'rollback:migration:0002:schema', /doesn’t restore the schema: Index public\.item_name/],
  ['the ledger', { ledger: 'public.ledger still names 0002 as applied' }, 'rollback:migration:0002:ledger', /still names 0002/],
])('%s fails the gate where it is required, and warns where it isn’t', (_, change, id, title) => {
  const { gate, findings } = judged([step(change)]);
  expect(gate).toMatchObject({ outcome: 'failed', couldFail: true, findingIds: [id] });
  expect(findings).toMatchObject([{ id, severity: 'blocker', rootCause: 'rollback', migration: '0002', place: { file: '0002.down.sql' } }]);
  expect(findings[0]?.title).toMatch(title);
  const advised = judged([step(change)], false);
  expect(advised.gate).toMatchObject({ outcome: 'failed', required: false });
  expect(advised.findings).toMatchObject([{ id, severity: 'warning' }]);
});

test('a row of an old table that goes with the way back leaves a doubt; one of a new table does not', () => {
  const since = { tables: ['public.item', 'public.tag'], gone: ['public.item', 'public.tag'] };
  expect(judged([step({ since })]).gate.outcome).toBe('passed');
  const { gate, findings } = judged([step({ since: { ...since, lost: ['public.item'] } })]);
  expect(gate.outcome).toBe('inconclusive');
  expect(findings).toMatchObject([{ id: 'rollback:migration:0002:since-lost', severity: 'doubt' }]);
});

test('an error names its place and SQLSTATE', () => {
  const sql = { sqlstate: '42P01', message: 'table "stocks" does not exist' };
  const failed = failure('migration-failed', '0002, statement 1 (0002.down.sql:3) failed', { sql, place: { file: '0002.down.sql', line: 3 } });
  const { findings } = judged([step({ outcome: 'failed', failure: failed })]);
  expect(findings).toMatchObject([{ id: 'rollback:migration:0002:failed', place: { line: 3 }, sql, title: expect.stringContaining('42P01') }]);
});

test('what proves nothing is inconclusive: nothing changed, nothing compared, not rehearsed', () => {
  expect(judged([step({ changed: false })]).gate).toMatchObject({ outcome: 'inconclusive', couldFail: false });
  expect(judged([step({ compared: { ...compared, objects: 0 } })]).gate).toMatchObject({ outcome: 'inconclusive' });
  expect(judged([]).gate).toMatchObject({ outcome: 'inconclusive' });
  expect(untriedWayBack('restore', true, failure('disk-short', 'No room.'))).toMatchObject({
    gate: { outcome: 'inconclusive' },
    findings: [{ severity: 'doubt' }],
  });
  expect(untriedWayBack('restore', false, failure('disk-short', 'No room.')).findings).toMatchObject([{ severity: 'warning' }]);
  expect(noWayBack('Nothing is there.', false).gate).toMatchObject({ outcome: 'not-applicable', required: false });
});

test('what may go is only noted, and a deploy that can’t be made again is a warning', () => {
  const { gate, findings } = judged([
    step({ data: [{ ...column, declared: 'moved to the warehouse' }], again: { ok: false, failure: failure('migration-failed', 'it exists') } }),
  ]);
  expect(gate.outcome).toBe('passed');
  expect(gate.summary).toContain('schema and data, but for what may go: public.item.colour loses its 12,345 values, in 20 ms');
  expect(findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual(['note rollback:migration:0002:declared', 'warning rollback:migration:0002:again']);
});

test('a way down that works only while nobody has written leaves a doubt', () => {
  const tables = ['public.item', 'public.price'];
  const since = { tables, gone: [], failure: failure('migration-failed', '0002 failed', { sql: { sqlstate: '23502', message: 'it contains null values' } }) };
  expect(judged([step({ since })])).toMatchObject({
    gate: { outcome: 'inconclusive' },
    findings: [{ id: 'rollback:migration:0002:since', severity: 'doubt' }],
  });
  expect(judged([step({ since: { tables, gone: ['public.price'] } })]).gate).toMatchObject({
    outcome: 'passed',
    summary: expect.stringMatching(/2 tables, 1 stayed\.$/),
  });
});

test('all together that couldn’t be tried is told once: by those that lack a way down, or by itself', () => {
  const all: WayBackStep = { outcome: 'not-tried', changed: false, differences: [], data: [], drops: [], why: '0002 has no way down' };
  expect(judged([step({ outcome: 'missing' }), all]).findings).toHaveLength(1);
  expect(judged([all])).toMatchObject({ gate: { outcome: 'failed' }, findings: [{ id: 'rollback:way-back:down:not-tried' }] });
});
