import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Failure, failure } from '../core/failure.ts';
import { type FailureCode, failureCatalogue } from '../core/failure-catalogue.ts';
import type { Finding, Severity } from '../core/finding.ts';
import { causesByImportance } from '../core/finding-order.ts';
import type { GateOutcome, GateResult } from '../core/gate.ts';
import { type Phase, phases } from '../core/phase.ts';
import { type RootCause, rootCauses } from '../core/root-cause.ts';
import { type Case, judge } from './judge.ts';

function gate(change: Partial<GateResult> = {}): GateResult {
  return {
    ...{ gate: 'schema-equality', phase: 'schema-gate', required: true, outcome: 'passed', couldFail: true },
    ...{ proof: '412 objects compared', summary: 'equal', findingIds: [], durationMs: 1 },
    ...change,
  };
}

function finding(id: string, change: Partial<Finding> = {}): Finding {
  return {
    ...{ id, check: 'schema', phase: 'schema-gate', severity: 'blocker', rootCause: 'structural-parity' },
    ...{ object: { kind: 'table', name: id }, title: `${id} differs`, cure: 'Repair it.' },
    ...change,
  };
}

function theCase(change: Partial<Case> = {}): Case {
  return { gates: [gate()], findings: [], failures: [], migratorKnown: true, pending: 1, ...change };
}

test('a run whose required gates passed and could have failed is a PASS', () => {
  expect(judge(theCase({ gates: [gate(), gate({ gate: 'row-bounds', phase: 'data-gate' })] }))).toEqual({
    kind: 'PASS',
    gatesPassed: 2,
    summary: 'All 2 required gates passed, each shown able to fail.',
  });
});

test('what keeps several gates from being asked is told once, with its cure, before their own doubts', () => {
  const { code, rootCause, message, cure } = failure('no-second-clone', 'In place there is no second clone, since nobody wanted one', { cure: 'Want one.' });
  const because = { code, rootCause, message, cure };
  const untried = (id: string) => finding(id, { severity: 'doubt', rootCause: 'rollback', phase: 'rollback', because });
  const ofWay = (id: string) => gate({ gate: `rollback:${id}`, phase: 'rollback', outcome: 'inconclusive', couldFail: false, findingIds: [id] });
  const doubtful = gate({ gate: 'invariant:rls', phase: 'data-gate', outcome: 'inconclusive', summary: 'it can’t fail' });
  const gates = [gate(), ofWay('down'), ofWay('command'), doubtful];
  expect(judge(theCase({ gates, findings: [untried('down'), untried('command')] }))).toMatchObject({
    ...{ kind: 'INCONCLUSIVE', rootCause: 'environment', failure: { code: 'no-second-clone', cure: 'Want one.' } },
    reasons: [`${message}: not rehearsed for rollback:command, rollback:down.`, 'Gate invariant:rls is inconclusive: it can’t fail.'],
  });
  // What the migrations themselves are to blame for is said of each gate.
  const sql = { ...because, code: 'check-failed', rootCause: 'sql-error' } as const;
  expect(judge(theCase({ gates: [gate(), ofWay('down')], findings: [{ ...untried('down'), because: sql }] }))).toMatchObject({ rootCause: 'rollback' });
});

test('a BLOCKER of a run that was cut short says why its exit code is another', () => {
  const lock = finding('public.customers', { phase: 'migrate', rootCause: 'lock', title: 'public.customers was locked for 10 s' });
  const gates = [gate({ gate: 'locks', phase: 'migrate', outcome: 'failed', findingIds: [lock.id] })];
  const lost = failure('server-lost', 'the connection to the server was lost');
  expect(judge(theCase({ gates, findings: [lock], failures: [lost] }))).toMatchObject({
    kind: 'BLOCKER',
    summary:
      'public.customers was locked for 10 s. Besides, the run was cut short, and its exit code tells that rather than the verdict: the connection to the server was lost.',
  });
  expect(judge(theCase({ gates, findings: [lock] })).summary).toBe('public.customers was locked for 10 s.');
});

test('one reason each is enough for INCONCLUSIVE', () => {
  const table: readonly [Partial<Case>, RootCause, RegExp][] = [
    [{ gates: [] }, 'structural-parity', /No required gate/],
    [{ gates: [gate({ required: false })] }, 'structural-parity', /No required gate/],
    [{ gates: [gate({ phase: 'fidelity' })] }, 'structural-parity', /No required gate/],
    [{ gates: [gate({ couldFail: false, proof: 'no objects' })] }, 'structural-parity', /could not have failed: no objects/],
    [{ gates: [gate(), gate({ gate: 'invariant:rls', phase: 'data-gate', outcome: 'inconclusive', summary: 'it can’t fail' })] }, 'invariant', /can’t fail/],
    [{ gates: [gate(), gate({ gate: 'smoke', phase: 'compatibility', outcome: 'not-applicable' })] }, 'compatibility', /did not apply/],
    [{ gates: [gate({ findingIds: ['a'] })], findings: [finding('a', { severity: 'doubt', rootCause: 'fidelity' })] }, 'fidelity', /a differs/],
    [{ findings: [finding('orphan', { severity: 'doubt' })] }, 'structural-parity', /orphan differs/],
    [{ pending: 0 }, 'dependency-order', /No migration was pending/],
    [{ pending: undefined }, 'dependency-order', /not known/],
    [{ migratorKnown: false }, 'privileges', /migrate\.role/],
    [{ interrupted: true }, 'environment', /interrupted/],
    [{ failures: [failure('source-unreachable', 'db.example.com:5432 refused the connection')] }, 'connection', /refused the connection/],
    [{ failures: [failure('config-invalid', 'three errors')] }, 'environment', /three errors/],
  ];
  for (const [change, rootCause, reason] of table) {
    const verdict = judge(theCase(change));
    expect(verdict, reason.source).toMatchObject({ kind: 'INCONCLUSIVE', rootCause });
    expect(verdict.kind === 'INCONCLUSIVE' && verdict.reasons[0]).toMatch(reason);
    expect(verdict.summary).toMatch(reason);
  }
});

test('a run that was stopped early tells why, and nothing that it could not know', () => {
  const stopped = judge({ gates: [], findings: [], failures: [failure('source-unreachable', 'refused')], migratorKnown: false, pending: undefined });
  expect(stopped).toMatchObject({ kind: 'INCONCLUSIVE', reasons: ['refused.'], summary: 'refused.' });
  const late = judge(theCase({ gates: [gate({ outcome: 'inconclusive' })], failures: [failure('check-failed', 'no such column')], migratorKnown: false }));
  expect(late.kind === 'INCONCLUSIVE' && late.reasons).toHaveLength(4);
});

test('what cannot be removed does not change what was proven', () => {
  expect(judge(theCase({ failures: [failure('cleanup-failed', 'a folder stayed')] })).kind).toBe('PASS');
});

test('a failed required gate blocks, with the gravest finding first', () => {
  const findings = [
    finding('index', { title: 'index invoice_open has another predicate' }),
    finding('policy', { title: 'policy tenant_isolation is gone', differenceClass: 'security' }),
    finding('ledger', { phase: 'data-gate', rootCause: 'invariant' }),
    finding('rows', { phase: 'data-gate', rootCause: 'data-volume' }),
  ];
  const gates = [
    gate({ outcome: 'failed', findingIds: ['index', 'policy'] }),
    gate({ gate: 'invariant:ledger', phase: 'data-gate', outcome: 'failed', findingIds: ['ledger'] }),
    gate({ gate: 'row-bounds', phase: 'data-gate', outcome: 'failed', findingIds: ['rows'] }),
  ];
  expect(judge(theCase({ gates, findings }))).toEqual({
    kind: 'BLOCKER',
    rootCause: 'structural-parity',
    otherCauses: ['invariant', 'data-volume'],
    findingIds: ['policy', 'index', 'ledger', 'rows'],
    summary: 'policy tenant_isolation is gone. And 3 more findings block the deploy.',
  });
});

test('an untrue copy comes before all that was found on it', () => {
  const findings = [finding('lost', { phase: 'fidelity', rootCause: 'fidelity' }), finding('policy', { differenceClass: 'security' })];
  const gates = [gate({ phase: 'fidelity', gate: 'policies', outcome: 'failed', findingIds: ['lost'] }), gate({ outcome: 'failed', findingIds: ['policy'] })];
  expect(judge(theCase({ gates, findings }))).toMatchObject({ rootCause: 'fidelity', otherCauses: ['structural-parity'], findingIds: ['lost', 'policy'] });
});

test('a migration that failed blocks without any gate', () => {
  const failures = [failure('migration-failed', '0042_rename.sql failed at line 7: column "x" does not exist')];
  expect(judge(theCase({ gates: [], failures }))).toEqual({
    kind: 'BLOCKER',
    rootCause: 'sql-error',
    otherCauses: [],
    findingIds: [],
    summary: '0042_rename.sql failed at line 7: column "x" does not exist.',
  });
});

test('what is proven stays proven: neither an interruption nor a lost connection takes a BLOCKER back', () => {
  const failures = [failure('source-lost', 'gone')];
  expect(judge(theCase({ gates: [gate({ outcome: 'failed' })], failures, interrupted: true })).kind).toBe('BLOCKER');
});

test('a gate that contradicts its findings is not believed', () => {
  expect(judge(theCase({ gates: [gate({ findingIds: ['a'] })], findings: [finding('a')] })).kind).toBe('BLOCKER');
  expect(judge(theCase({ findings: [finding('orphan')] })).kind).toBe('BLOCKER');
});

test('an advisory gate informs and decides nothing', () => {
  const advisory = gate({ gate: 'drift', phase: 'drift', required: false, outcome: 'failed', findingIds: ['extra'] });
  expect(judge(theCase({ gates: [gate(), advisory], findings: [finding('extra', { phase: 'drift' })] })).kind).toBe('PASS');
});

test('the same id in two phases belongs to the gate of each phase', () => {
  const advisory = gate({ gate: 'drift', phase: 'drift', required: false, outcome: 'failed', findingIds: ['t'] });
  const required = gate({ findingIds: ['t'], outcome: 'inconclusive' });
  const findings = [finding('t', { phase: 'drift' }), finding('t', { severity: 'warning' })];
  expect(judge(theCase({ gates: [advisory, required], findings })).kind).toBe('INCONCLUSIVE');
});

test('every root cause has its place in the order of importance', () => {
  expect([...causesByImportance].sort()).toEqual([...rootCauses].sort());
});

test('every gate of every outcome: PASS in exactly one of the combinations', () => {
  const outcomes: readonly GateOutcome[] = ['passed', 'failed', 'inconclusive', 'not-applicable'];
  for (const outcome of outcomes)
    for (const couldFail of [true, false])
      for (const required of [true, false])
        for (const phase of phases) {
          // Beside a sound gate, one more of any kind: advisory ones change nothing, required ones must be passed and able to fail.
          const kind = judge(theCase({ gates: [gate(), gate({ gate: 'other', phase, outcome, couldFail, required })] })).kind;
          const expected = !required || (outcome === 'passed' && couldFail) ? 'PASS' : outcome === 'failed' ? 'BLOCKER' : 'INCONCLUSIVE';
          expect(kind, `${outcome} ${couldFail} ${required} ${phase}`).toBe(expected);
        }
});

const aPhase = fc.constantFrom<Phase>(...phases);
const aFinding = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    severity: fc.constantFrom<Severity>('blocker', 'doubt', 'warning', 'note'),
    rootCause: fc.constantFrom<RootCause>(...rootCauses),
    phase: aPhase,
  })
  .map(({ id, ...change }) => finding(id, change));
const aGate = fc
  .record({
    gate: fc.constantFrom('schema-equality', 'row-bounds', 'invariant:x', 'row-parity'),
    phase: aPhase,
    required: fc.boolean(),
    outcome: fc.constantFrom<GateOutcome>('passed', 'passed', 'failed', 'inconclusive', 'not-applicable'),
    couldFail: fc.boolean(),
    findingIds: fc.subarray(['a', 'b', 'c', 'd']),
  })
  .map(gate);
const aFailure: fc.Arbitrary<Failure> = fc.constantFrom(...(Object.keys(failureCatalogue) as FailureCode[])).map((code) => failure(code, `${code} happened`));
const aCase: fc.Arbitrary<Case> = fc.record({
  gates: fc.array(aGate, { maxLength: 5 }),
  findings: fc.array(aFinding, { maxLength: 4 }),
  failures: fc.array(aFailure, { maxLength: 1 }),
  migratorKnown: fc.boolean(),
  pending: fc.option(fc.nat(2), { nil: undefined }),
  interrupted: fc.boolean(),
});

test('of a rehearsal of the way back alone its gates decide, and its verdict says that it is of nothing else', () => {
  const back = gate({ gate: 'rollback:down', phase: 'rollback' });
  const alone = (change: Partial<Case>) => judge(theCase({ only: 'way-back', pending: undefined, gates: [back], ...change }));
  expect(alone({})).toEqual({
    kind: 'PASS',
    gatesPassed: 1,
    summary: 'Of the way back only, the deploy itself was not judged: The required gate passed, and was shown able to fail.',
  });
  expect(alone({ gates: [gate()] })).toMatchObject({ kind: 'INCONCLUSIVE', rootCause: 'rollback' });
  expect(alone({ gates: [{ ...back, required: false }] })).toMatchObject({ kind: 'INCONCLUSIVE', rootCause: 'rollback' });
  expect(alone({ gates: [{ ...back, outcome: 'not-applicable' }] })).toMatchObject({ kind: 'INCONCLUSIVE', rootCause: 'rollback' });
  expect(alone({ migratorKnown: false })).toMatchObject({ kind: 'INCONCLUSIVE', rootCause: 'privileges' });
  expect(alone({ gates: [{ ...back, outcome: 'failed' }] })).toMatchObject({
    kind: 'BLOCKER',
    rootCause: 'rollback',
    summary: expect.stringMatching(/^Of the way back only/),
  });
  // A way back makes no deploy safe.
  expect(judge(theCase({ gates: [back] })).kind).toBe('INCONCLUSIVE');
});

test('whatever happens, a PASS is never given without proof', () => {
  fc.assert(
    fc.property(aCase, (the) => {
      const verdict = judge(the);
      const required = the.gates.filter((one) => one.required);
      const proven =
        required.every((one) => one.outcome === 'passed' && one.couldFail) &&
        required.some((one) => one.phase === 'schema-gate' || one.phase === 'data-gate') &&
        (the.pending ?? 0) > 0 &&
        the.migratorKnown &&
        !the.interrupted &&
        the.failures.every((one) => failureCatalogue[one.code].ending === 'leftover');
      if (verdict.kind === 'PASS') expect(proven).toBe(true);
      // And the other way round, so that the rule isn't kept by never passing.
      else if (proven) expect(the.findings.some((one) => one.severity === 'blocker' || one.severity === 'doubt')).toBe(true);
      if (verdict.kind !== 'PASS') expect(verdict.summary).not.toBe('');
    }),
    { numRuns: 2000 },
  );
});

test('the order in which things were found changes nothing', () => {
  fc.assert(
    fc.property(aCase, (the) => {
      const reversed = { ...the, gates: the.gates.toReversed(), findings: the.findings.toReversed(), failures: the.failures.toReversed() };
      expect(judge(reversed)).toEqual(judge(the));
    }),
    { numRuns: 1000 },
  );
});

test('two gates of one name that claim different findings: their order changes nothing', () => {
  const doubt = finding('d', { phase: 'preconditions', severity: 'doubt', rootCause: 'connection' });
  const gates = [[], ['d']].map((findingIds) => gate({ phase: 'drift', outcome: 'inconclusive', couldFail: false, findingIds }));
  expect(judge(theCase({ gates: gates.toReversed(), findings: [doubt] }))).toEqual(judge(theCase({ gates, findings: [doubt] })));
});

test('masking is said with every verdict, and the gates that it weakened are named', () => {
  const columns = ['a', 'b'].map((column) => ({ schema: 'public', table: 'users', column, strategy: 'hash' }));
  const masking = { columns, largeObjects: 'none', salt: 'random', fingerprint: '' } as const;
  const weak = gate({ gate: 'invariant:mail', phase: 'data-gate', weakenedBy: 'it reads masked columns: public.users.a (hash)' });
  expect(judge(theCase({ gates: [gate(), weak], masking })).summary).toBe(
    'All 2 required gates passed, each shown able to fail. Masked were 2 columns in 1 table; weakened by that: invariant:mail.',
  );
  expect(judge(theCase({ gates: [gate({ outcome: 'failed' })], masking })).summary).toMatch(/Masked were 2 columns in 1 table; no gate depends on them\.$/);
  expect(judge(theCase({ masking: { ...masking, columns: [] } })).summary).not.toMatch(/Masked/);
});

test('lost data comes before a lock, a lock’s cause before what came of it, and both before what was only noticed', () => {
  const lock = { phase: 'migrate', rootCause: 'lock' } as const;
  const findings = [
    finding('stall:table:a:held', { ...lock, check: 'stall', title: 'The reader of a had to wait' }),
    finding('validated-under-lock:a', { ...lock, check: 'validated-under-lock', title: 'Foreign key a was validated under a lock' }),
    finding('invariant:x', { phase: 'data-gate', rootCause: 'data-loss', check: 'invariant' }),
  ];
  const gates = [
    gate({ gate: 'locks', phase: 'migrate', outcome: 'failed', findingIds: ['validated-under-lock:a'] }),
    gate({ gate: 'traffic', phase: 'migrate', outcome: 'failed', findingIds: ['stall:table:a:held'] }),
    gate({ gate: 'row-bounds', phase: 'data-gate', outcome: 'failed', findingIds: ['invariant:x'] }),
  ];
  const ids = ['invariant:x', 'validated-under-lock:a', 'stall:table:a:held'];
  expect(judge(theCase({ gates, findings }))).toMatchObject({ kind: 'BLOCKER', rootCause: 'data-loss', otherCauses: ['lock'], findingIds: ids });
  expect(judge(theCase({ gates: gates.slice(0, 2), findings: findings.slice(0, 2) }))).toMatchObject({
    rootCause: 'lock',
    summary: 'Foreign key a was validated under a lock. And 1 more finding blocks the deploy.',
  });
  // A migration that fails says more than the locks that it held before.
  const failed = failure('migration-failed', '0002 failed');
  expect(judge(theCase({ gates: gates.slice(0, 2), findings: findings.slice(0, 2), failures: [failed] }))).toMatchObject({ rootCause: 'sql-error' });
});

test('of what couldn’t be decided, locks come last', () => {
  const locks = gate({ gate: 'traffic', phase: 'migrate', outcome: 'inconclusive', couldFail: false, summary: 'nobody was there' });
  const vacuous = gate({ gate: 'invariant:x', phase: 'data-gate', outcome: 'inconclusive', summary: 'it can’t fail' });
  expect(judge(theCase({ gates: [gate(), locks, vacuous] }))).toMatchObject({ kind: 'INCONCLUSIVE', rootCause: 'invariant' });
  expect(judge(theCase({ gates: [gate(), locks], migratorKnown: false }))).toMatchObject({ rootCause: 'privileges' });
  expect(judge(theCase({ gates: [gate(), locks] }))).toMatchObject({ rootCause: 'lock', summary: 'Gate traffic is inconclusive: nobody was there.' });
  expect(judge(theCase({ gates: [gate(), { ...locks, required: false }] })).kind).toBe('PASS');
});

test('a verdict names the gates that saw a sample of the rows only', () => {
  const gates = [
    gate(),
    gate({ gate: 'row-parity', phase: 'fidelity', sampledPercent: 10 }),
    gate({ gate: 'preservation', phase: 'data-gate', sampledPercent: 0.5 }),
  ];
  const said = ' Only a sample of the rows was looked at by preservation (0.5 percent), row-parity (10 percent).';
  expect(judge(theCase({ gates })).summary).toBe(`All 3 required gates passed, each shown able to fail.${said}`);
  expect(judge(theCase({ gates, pending: 0 })).summary).toContain(said);
});
