import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AppliedInput, judgeApplied } from './judge-applied.ts';
import { judgeHeads } from './judge-heads.ts';
import { judgeLineage } from './judge-lineage.ts';
import type { LineageInput } from './lineage-input.ts';

const files = ['a', 'b', 'c', 'd'].map((revision) => ({ revision, file: `versions/${revision}.py`, sha256: revision.repeat(64) }));
const places = (...revisions: string[]) => revisions.map((revision) => ({ revision, file: `versions/${revision}.py` }));
const ids = (outcome: { findings: readonly { id: string; severity: string }[] } | undefined) =>
  outcome?.findings.map(({ id, severity }) => `${severity} ${id}`);

const line: LineageInput = {
  migrations: files,
  from: 'ledger',
  ledger: 'public.alembic_version',
  applied: ['a', 'b'],
  pending: ['c', 'd'],
  ...{ unknown: [], edited: [], unfinished: [], outOfOrder: [], skipped: [], checksums: false },
};

test('one head passes, and another one than expected fails', () => {
  expect(judgeHeads({ heads: places('d'), revisions: 4, graph: true })?.gate).toMatchObject({ outcome: 'passed', couldFail: true, phase: 'preconditions' });
  expect(judgeHeads({ heads: places('d'), revisions: 4, graph: false })).toBeUndefined();
  expect(judgeHeads({ heads: places('d'), revisions: 4, graph: false, expectedHead: 'd' })?.gate.outcome).toBe('passed');
  const wrong = judgeHeads({ heads: places('d'), revisions: 4, graph: true, expectedHead: 'c' });
  expect(wrong?.gate.outcome).toBe('failed');
  expect(wrong?.findings).toMatchObject([{ id: 'lineage:history:head', rootCause: 'dependency-order', expected: 'c', actual: 'd' }]);
});

test('two heads are named with their files, and may be allowed with a reason', () => {
  const two = judgeHeads({ heads: places('c', 'd'), revisions: 4, graph: true, expectedHead: 'd' });
  expect(two?.gate.outcome).toBe('failed');
  expect(two?.findings).toMatchObject([
    { id: 'lineage:history:heads', rootCause: 'multiple-heads', title: 'The history has 2 heads: c (versions/c.py), d (versions/d.py).' },
  ]);
  const allowed = judgeHeads({ heads: places('c', 'd'), revisions: 4, graph: true, allowSeveralHeads: 'two products in one database' });
  expect([allowed?.gate.outcome, ids(allowed)]).toEqual(['passed', ['warning lineage:history:heads']]);
});

test('a history without files has no head, and can’t pass', () => {
  expect(judgeHeads({ heads: [], revisions: 0, graph: true })?.gate.outcome).toBe('inconclusive');
});

test('a history that is known passes, and says that edits can’t be seen', () => {
  const { gate } = judgeLineage(line);
  expect(gate).toMatchObject({ outcome: 'passed', couldFail: true, summary: '2 revisions applied and known to the repo; pending: c, d.' });
  expect(gate.proof).toContain('no checksums');
  expect(judgeLineage({ ...line, checksums: true }).gate.proof).not.toContain('no checksums');
});

test('a first deploy is not held against an empty ledger', () => {
  expect(judgeLineage({ ...line, applied: [] }).gate).toMatchObject({ outcome: 'not-applicable', required: false });
  expect(judgeLineage({ ...line, applied: [], expectedPending: ['c'] }).gate).toMatchObject({ outcome: 'failed', required: true });
});

test('a ledger that names one twice is told, and one that the migrator sees otherwise is a doubt', () => {
  const twice = judgeLineage({ ...line, repeated: ['b'] });
  expect([twice.gate.outcome, ids(twice)]).toEqual(['passed', ['warning lineage:revision:b:repeated']]);
  const hidden = judgeLineage({ ...line, seenOtherwise: 'migrator doesn’t see b in public.alembic_version' });
  expect([hidden.gate.outcome, ids(hidden)]).toEqual(['inconclusive', ['doubt lineage:history:seen-otherwise']]);
});

test('an approved run of another project approves nothing, and says nothing of what came after it', () => {
  const other = { label: 'approved run x', migrations: [{ revision: 'z', file: 'z.py', sha256: 'z' }] };
  expect(ids(judgeLineage({ ...line, approved: other }))).toEqual(['blocker lineage:history:approved']);
  const older = { label: 'approved run x', migrations: files.slice(0, 1) };
  const { gate } = judgeLineage({ ...line, approved: older });
  expect(gate.outcome).toBe('passed');
  expect(gate.proof).toContain('1 applied revision came after approved run x, which says nothing of it; the ledger holds no checksums');
});

test('what could not have failed is no pass', () => {
  const told: LineageInput = { ...line, from: 'appliedThrough', ledger: undefined };
  expect(judgeLineage(told).gate.outcome).toBe('not-applicable');
  expect(judgeLineage({ ...line, applied: [] }).gate.outcome).toBe('not-applicable');
  expect(judgeLineage({ ...told, expectedPending: ['c', 'd'] }).gate.outcome).toBe('passed');
  // Asked for, and nobody can tell.
  for (const from of ['unknown', 'head-only'] as const) {
    expect(judgeLineage({ ...line, from, expectedPending: ['c', 'd'] }).gate.outcome).toBe('inconclusive');
  }
});

test('strangers, edits and what never ended', () => {
  const { gate, findings } = judgeLineage({ ...line, unknown: ['x'], edited: ['b'], unfinished: ['c'], outOfOrder: ['a'], skipped: ['d'] });
  expect(gate.outcome).toBe('failed');
  expect(findings.map(({ id, severity, rootCause }) => [id, severity, rootCause])).toEqual([
    ['lineage:revision:x:unknown', 'doubt', 'history-edited'],
    ['lineage:revision:b:edited', 'blocker', 'history-edited'],
    ['lineage:revision:c:unfinished', 'blocker', 'sql-error'],
    ['lineage:revision:a:order', 'warning', 'dependency-order'],
    ['lineage:revision:d:skipped', 'blocker', 'dependency-order'],
  ]);
});

test('what is pending is the expected list, in its order', () => {
  const titled = (expectedPending: string[]) => judgeLineage({ ...line, expectedPending }).findings.map(({ title }) => title);
  expect(titled(['c', 'd'])).toEqual([]);
  expect(titled(['d', 'c'])).toEqual(['What is pending would run in another order than expected.']);
  expect(titled(['c'])).toEqual(['d is pending and not expected.']);
  expect(titled(['b', 'c', 'd'])).toEqual(['b is expected and not pending.']);
  expect(ids(judgeLineage({ ...line, expectedPending: ['c'], skipped: ['d'] }))).toEqual(['blocker lineage:revision:d:skipped']);
});

test('against an approved run: edited, missing and moved files of what is applied', () => {
  const against = (migrations: LineageInput['migrations'], more: Partial<LineageInput> = {}) =>
    judgeLineage({ ...line, ...more, approved: { label: 'approved run 1', migrations } });
  expect(against(files).gate).toMatchObject({ outcome: 'passed' });
  expect(against(files).gate.proof).not.toContain('no checksums');
  const other = (revision: string) => files.map((one) => (one.revision === revision ? { ...one, sha256: 'f'.repeat(64) } : one));
  expect(ids(against(other('b')))).toEqual(['blocker lineage:revision:b:edited']);
  // What isn't applied yet may be corrected: this run judges it.
  expect([ids(against(other('c'))), against(other('c')).gate.outcome]).toEqual([['warning lineage:revision:c:edited'], 'passed']);
  expect(ids(against([...files, { revision: 'gone', file: 'versions/gone.py', sha256: '0' }]))).toEqual(['blocker lineage:revision:gone:missing']);
  const [a, b, ...rest] = files;
  if (a === undefined || b === undefined) return expect.unreachable();
  expect(ids(against([b, a, ...rest]))).toEqual(['blocker lineage:revision:a:order']);
});

const done: AppliedInput = {
  report: { expected: ['c', 'd'], recorded: ['c', 'd'], order: ['c', 'd'], heads: ['d'], current: ['d'] },
  ledger: 'public.alembic_version',
  stillPending: [],
  unknown: [],
};
const after = (more: Partial<AppliedInput['report']>, rest: Partial<AppliedInput> = {}) =>
  judgeApplied({ ...done, ...rest, report: { ...done.report, ...more } });

test('what no list of revisions shows is told all the same', () => {
  const told = (rest: Partial<AppliedInput>) => {
    const outcome = after({}, rest);
    return [outcome.gate.outcome, ...(ids(outcome) ?? [])];
  };
  expect(told({ rewritten: ['c'] })).toEqual(['inconclusive', 'doubt lineage:revision:c:rewritten']);
  expect(told({ twice: ['d'] })).toEqual(['failed', 'blocker lineage:revision:d:twice']);
  expect(told({ refusals: [{ message: 'the lock is held: the tool refuses to migrate.', cure: 'Unlock it.' }] })).toEqual([
    'failed',
    'blocker lineage:history:refused',
  ]);
  expect(told({ rowsOnly: ['c'] })).toEqual(['passed', 'warning lineage:revision:c:rows-only']);
  expect(told({ changedNothing: true })).toEqual(['inconclusive', 'doubt lineage:history:nothing-changed']);
});

test('applied as expected', () => {
  expect(after({}).gate).toMatchObject({ gate: 'lineage-applied', phase: 'migrate', outcome: 'passed', summary: 'Applied as expected: c, d; now at d.' });
  expect(after({}, { told: { ok: true, revisions: ['d'], text: 'd (head)' } }).gate.outcome).toBe('passed');
});

test('what was left out, came besides, came in another order or ended elsewhere', () => {
  expect(ids(after({ recorded: ['c'], order: ['c'], current: ['c'] }, { stillPending: ['d'] }))).toEqual([
    'blocker lineage:revision:d:not-applied',
    'blocker lineage:history:current',
  ]);
  expect(ids(after({ recorded: ['b', 'c', 'd'], order: ['b', 'c', 'd'] }))).toEqual(['blocker lineage:revision:b:not-expected']);
  expect(ids(after({ order: ['d', 'c'] }))).toEqual(['blocker lineage:history:applied']);
  expect(ids(after({}, { unknown: ['x'] }))).toEqual(['blocker lineage:revision:x:unknown']);
  expect(ids(after({ heads: ['d', 'e'], current: ['d', 'e'] }))).toEqual(['blocker lineage:history:heads']);
  expect(ids(after({}, { expectedHead: 'e' }))).toEqual(['blocker lineage:history:current']);
});

test('the tool’s own word counts, and what can’t be read is no pass', () => {
  expect(ids(after({}, { told: { ok: true, revisions: ['c'], text: 'c' } }))).toEqual(['blocker lineage:history:current']);
  expect(after({}, { told: { ok: false, revisions: [], text: 'Traceback' } }).gate.outcome).toBe('inconclusive');
  expect(after({}, { unreadable: 'permission denied' }).gate.outcome).toBe('inconclusive');
  expect(after({ expected: [], recorded: [] }).gate.outcome).toBe('inconclusive');
});

test('rows that we could not write are told and stop nobody', () => {
  const unwritten = after({ recorded: [], current: ['b'] }, { ranByUs: true, stillPending: ['c', 'd'] });
  expect([unwritten.gate.outcome, ids(unwritten)]).toEqual(['passed', ['warning lineage:revision:c:not-applied', 'warning lineage:revision:d:not-applied']]);
});

test('no other list than the expected one passes', () => {
  const list = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e'], { minLength: 0 });
  fc.assert(
    fc.property(list, list, (recorded, expected) => {
      const { gate } = after({ recorded, order: recorded, expected, current: ['d'] });
      const right = expected.length > 0 && recorded.join() === expected.join();
      return (gate.outcome === 'passed') === right;
    }),
  );
});
