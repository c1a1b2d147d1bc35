import { expect, test } from 'vitest';
import { testContext } from '../../test/support/test-context.ts';
import type { Event } from '../core/event.ts';
import type { Finding } from '../core/finding.ts';
import type { GateResult, GateRule } from '../core/gate.ts';
import { goOn, Run, report } from './run.ts';

const gate = (change: Partial<GateResult> = {}): GateResult => ({
  ...{ gate: 'row-parity', phase: 'fidelity', required: true, outcome: 'failed', couldFail: true, proof: '3 tables counted', summary: 'Rows are missing.' },
  ...{ findingIds: ['row-parity:table:public.t'], durationMs: 1 },
  ...change,
});
const finding: Finding = {
  ...{ id: 'row-parity:table:public.t', check: 'row-parity', phase: 'fidelity', severity: 'blocker', rootCause: 'fidelity' },
  ...{ object: { kind: 'table', name: 'public.t' }, title: 'public.t lacks a row', cure: 'Copy it again.' },
};

async function carryOut(
  rules: readonly GateRule[],
  outcome = gate(),
): Promise<{ readonly run: Run; readonly events: readonly Event[]; readonly later: boolean }> {
  const context = testContext();
  const run = new Run(context, () => {}, rules);
  await run.phase('fidelity', async (inner) => {
    report(inner, { gate: outcome, findings: outcome.findingIds.length === 0 ? [] : [finding] });
    return goOn(undefined, run.outcomeOf('fidelity'), 'compared');
  });
  let later = false;
  await run.phase('lineage', async () => {
    later = true;
    return goOn(undefined, 'passed', 'read');
  });
  return { run, events: context.events, later };
}

test('a failed gate ends the run only where the configuration says so, or it is one of those that always do', async () => {
  expect((await carryOut([])).later).toBe(true);
  const stopped = await carryOut([{ gate: 'row-*', stops: true }]);
  expect(stopped.later).toBe(false);
  expect(stopped.events.filter(({ type }) => type.startsWith('phase'))).toMatchObject([
    { type: 'phase-started', phase: 'fidelity' },
    { type: 'phase-finished', phase: 'fidelity', outcome: 'failed', summary: 'Rows are missing. The run stopped there.' },
  ]);
  const forbidden = gate({ gate: 'forbidden-errors', findingIds: [] });
  expect((await carryOut([], forbidden)).later).toBe(false);
  expect((await carryOut([{ gate: 'forbidden-errors', stops: false }], forbidden)).later).toBe(true);
});

test('an inconclusive gate ends a run as well; one that passed, or that doesn’t decide, doesn’t', async () => {
  const stops = [{ gate: 'row-parity', stops: true }];
  const quiet = { findingIds: [] };
  expect((await carryOut(stops, gate({ ...quiet, outcome: 'inconclusive' }))).later).toBe(false);
  expect((await carryOut(stops, gate({ ...quiet, outcome: 'passed', couldFail: false }))).later).toBe(false);
  expect((await carryOut(stops, gate({ ...quiet, outcome: 'passed' }))).later).toBe(true);
  expect((await carryOut([{ gate: 'row-*', stops: true }], gate({ required: false }))).later).toBe(true);
  // Named itself, it decides.
  expect((await carryOut(stops, gate({ required: false }))).later).toBe(false);
});

test('findings of an advisory gate warn, those of one that is off are left out; the gate says what was made of it', async () => {
  const advisory = await carryOut([{ gate: 'row-parity', as: 'advisory', reason: 'a table is known to differ' }]);
  expect(advisory.run.findings).toMatchObject([{ severity: 'warning' }]);
  expect(advisory.run.gates).toMatchObject([
    { required: false, outcome: 'failed', ruled: { as: 'advisory', wasRequired: true, reason: 'a table is known to differ' } },
  ]);
  const off = await carryOut([{ gate: '*', as: 'off', reason: 'not yet introduced' }]);
  expect(off.run.findings).toEqual([]);
  expect(off.run.gates).toMatchObject([{ required: false, outcome: 'not-applicable', couldFail: false, summary: 'Switched off: not yet introduced' }]);
});

test('the last rule that says something of a gate counts, and a gate under it twice stays what it is', async () => {
  const rules: readonly GateRule[] = [
    { gate: '*', as: 'advisory', reason: 'first everything' },
    { gate: 'row-parity', as: 'required' },
    { gate: 'row-*', stops: true },
  ];
  const { run, later } = await carryOut(rules);
  expect(later).toBe(false);
  expect(run.gates).toMatchObject([{ required: true, outcome: 'failed', ruled: { as: 'required' } }]);
  expect(run.unanswered()).toEqual([]);
  expect((await carryOut([{ gate: 'pooling', as: 'required' }])).run.unanswered()).toEqual(['pooling']);
});
