import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CheckOutcome } from '../core/check-outcome.ts';
import type { Finding, Severity } from '../core/finding.ts';
import type { GateOutcome, GateResult, GateRule } from '../core/gate.ts';
import { meansGate } from '../core/gate-names.ts';
import { phases } from '../core/phase.ts';
import { judge } from './judge.ts';
import { ruleOutcome, stopsRun, unanswered } from './rule-gate.ts';

const names = ['schema-equality', 'row-bounds', 'required-objects', 'invariant:a', 'invariant:b', 'isolation', 'locks'];
const patterns = [...names, 'invariant:*', '*', 'row-*', 'pooling'];

const outcomes = fc
  .record({
    gate: fc.constantFrom(...names),
    phase: fc.constantFrom(...phases),
    required: fc.boolean(),
    outcome: fc.constantFrom<GateOutcome>('passed', 'failed', 'inconclusive', 'not-applicable'),
    couldFail: fc.boolean(),
    severities: fc.array(fc.constantFrom<Severity>('blocker', 'doubt', 'warning', 'note'), { maxLength: 2 }),
  })
  .map(({ severities, ...gate }): CheckOutcome => {
    const findings = severities.map(
      (severity, at): Finding => ({
        ...{ id: `${gate.gate}:${gate.phase}:${at}`, check: gate.gate, phase: gate.phase, severity, rootCause: 'invariant' },
        ...{ object: { kind: 'table', name: 't' }, title: 'it is so', cure: 'Repair it.' },
      }),
    );
    return { findings, gate: { ...gate, proof: 'p', summary: 's', findingIds: findings.map(({ id }) => id), durationMs: 1 } };
  });
const rules = fc.array(
  fc.record({
    gate: fc.constantFrom(...patterns),
    as: fc.constantFrom(undefined, 'required' as const, 'advisory' as const, 'off' as const),
    reason: fc.constant('a reason that is long enough'),
    stops: fc.constantFrom(undefined, true, false),
    inconclusive: fc.constantFrom(undefined, 'inconclusive' as const, 'blocker' as const),
  }),
  { maxLength: 4 },
);
const cases = fc.record({ said: fc.array(outcomes, { maxLength: 6 }), rules });

function verdictOf(said: readonly CheckOutcome[], given: readonly GateRule[]) {
  const ruled = said.map((one) => ruleOutcome(given, one));
  const gates = ruled.map(({ gate }) => gate);
  const findings = ruled.flatMap((one) => one.findings);
  return { gates, findings, verdict: judge({ gates, findings, failures: [], migratorKnown: true, pending: 1, unanswered: unanswered(given, gates) }) };
}

const roleOf = ({ gate, as, stops }: GateRule) => as ?? (stops === true && !gate.includes('*') ? 'required' : undefined);
const lastRole = (given: readonly GateRule[], name: string) => {
  const rule = given.findLast((one) => roleOf(one) !== undefined && meansGate(one.gate, name));
  return rule === undefined ? undefined : roleOf(rule);
};
const isSound = ({ gate, findings }: CheckOutcome) =>
  gate.outcome === 'passed' && gate.couldFail && !findings.some(({ severity }) => severity === 'blocker' || severity === 'doubt');

test('no combination of rules makes a PASS of a required gate that failed or could not have failed', () => {
  fc.assert(
    fc.property(cases, ({ said, rules: given }) => {
      const { verdict } = verdictOf(said, given);
      if (verdict.kind !== 'PASS') return;
      for (const one of said) {
        const role = lastRole(given, one.gate.gate);
        const decides = role === undefined ? one.gate.required : role === 'required';
        if (decides) expect(isSound(one), JSON.stringify(one)).toBe(true);
        // What was kept from deciding is named in the one sentence that everybody reads.
        else if (role !== undefined) expect(verdict.summary).toContain(one.gate.gate);
      }
      const judges = said.filter((one) => {
        const role = lastRole(given, one.gate.gate);
        const narrow = ['required-objects', 'isolation'].includes(one.gate.gate);
        return (
          (role === undefined ? one.gate.required : role === 'required') && ['schema-gate', 'data-gate'].includes(one.gate.phase) && !narrow && isSound(one)
        );
      });
      expect(judges.length).toBeGreaterThan(0);
      for (const rule of given) if (roleOf(rule) === 'required') expect(said.some((one) => meansGate(rule.gate, one.gate.gate))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('rules never make a gate pass, and are the same when they are applied twice', () => {
  fc.assert(
    fc.property(cases, ({ said, rules: given }) => {
      for (const one of said) {
        const ruled = ruleOutcome(given, one);
        if (one.gate.outcome !== 'passed') expect(ruled.gate.outcome).not.toBe('passed');
        if (!one.gate.couldFail) expect(ruled.gate.couldFail).toBe(false);
        expect(ruleOutcome(given, ruled)).toEqual(ruled);
        if (stopsRun(given, ruled.gate, ruled.findings)) expect(ruled.gate.required).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('making every gate required never betters a verdict', () => {
  const rank = { BLOCKER: 0, INCONCLUSIVE: 1, PASS: 2 } as const;
  fc.assert(
    fc.property(fc.array(outcomes, { maxLength: 6 }), (said) => {
      // More gates may pass then, so that a gate that judges the data is among them: that alone is no deterioration of what it says.
      const before = verdictOf(said, []);
      const after = verdictOf(said, [{ gate: '*', as: 'required' }]);
      if (before.verdict.kind === 'BLOCKER') expect(rank[after.verdict.kind]).toBe(0);
      if (after.verdict.kind === 'PASS') expect(said.every(isSound)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('where a doubt is to block, a required gate that can’t tell has failed, and nothing else changes', () => {
  fc.assert(
    fc.property(cases, ({ said, rules: given }) => {
      const without = given.map((rule) => ({ ...rule, inconclusive: undefined }));
      const before = said.map((one) => ruleOutcome(without, one));
      const after = said.map((one) => ruleOutcome([...given, { gate: '*', inconclusive: 'blocker' }], one));
      for (const [at, one] of before.entries()) {
        const doubtful = one.gate.outcome === 'inconclusive' || one.findings.some(({ severity }) => severity === 'doubt');
        if (one.gate.required && doubtful) expect(after[at]?.gate).toMatchObject({ outcome: 'failed', ruled: { as: 'required', doubtBlocks: true } });
        else expect(after[at]).toEqual(one);
        if (one.gate.required) expect(after[at]?.findings.some(({ severity }) => severity === 'doubt')).toBe(false);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('the verdict says what was kept from deciding, what it would have said, and what was never asked', () => {
  const gate = (name: string, change: Partial<GateResult> = {}): CheckOutcome => ({
    gate: {
      ...{ gate: name, phase: 'data-gate', required: true, outcome: 'passed', couldFail: true, proof: 'p', summary: 's', findingIds: [], durationMs: 1 },
      ...change,
    },
    findings: [],
  });
  const said = [gate('schema-equality', { phase: 'schema-gate' }), gate('invariant:a', { outcome: 'failed' }), gate('invariant:b'), gate('preservation')];
  const given: readonly GateRule[] = [
    { gate: 'invariant:*', as: 'advisory', reason: 'being introduced' },
    { gate: 'preservation', as: 'off', reason: 'a table too large' },
  ];
  expect(verdictOf(said, given).verdict).toMatchObject({
    kind: 'PASS',
    gatesPassed: 1,
    summary:
      'The required gate passed, and was shown able to fail. By configuration invariant:a (failed), invariant:b are advisory. By configuration preservation is switched off.',
  });
  expect(verdictOf(said, [...given, { gate: 'pooling', as: 'required' }]).verdict).toMatchObject({
    kind: 'INCONCLUSIVE',
    reasons: ['The configuration requires pooling, and no such gate was asked.'],
  });
  expect(verdictOf(said, [{ gate: '*', as: 'off', reason: 'all of them' }]).verdict.kind).toBe('INCONCLUSIVE');
});

test('a gate that is named to stop the run decides, also where it wouldn’t of itself, and must be there', () => {
  const gate: GateResult = {
    ...{ gate: 'isolation', phase: 'data-gate', required: false, outcome: 'inconclusive', couldFail: false, proof: 'p', summary: 's' },
    ...{ findingIds: [], durationMs: 1 },
  };
  const given: readonly GateRule[] = [{ gate: 'isolation', stops: true }];
  const ruled = ruleOutcome(given, { gate, findings: [] });
  expect(ruled.gate).toMatchObject({ required: true, ruled: { as: 'required', wasRequired: false } });
  expect(stopsRun(given, ruled.gate, [])).toBe(true);
  expect(unanswered([{ gate: 'server-check:typo', stops: true }], [gate])).toEqual(['server-check:typo']);
  // Of whatever a pattern means, only what decides may stop.
  expect(ruleOutcome([{ gate: '*', stops: true }], { gate, findings: [] }).gate.required).toBe(false);
  expect(unanswered([{ gate: 'pooling:*', stops: true }], [gate])).toEqual([]);
});
