import { expect, test } from 'vitest';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';

const production = useProduction();
const missing = [{ kind: 'index', name: 'public.item_note', madeByThisDeploy: true }];

test('a gate that stops the run leaves whole evidence of all until then, and nothing else', { timeout: 120_000 }, async () => {
  const settings = { requiredObjects: missing, gates: [{ gate: 'required-objects', stops: true }], traffic: { enabled: false } };
  await withStage(production, { settings }, async (stage) => {
    const { summary, text, runFolder } = await rehearse(stage);
    expect(summary.verdict, text).toMatchObject({ kind: 'BLOCKER', rootCause: 'structural-parity', findingIds: ['required-object:index:public.item_note'] });
    expect(summary.phases.map(({ phase, outcome }) => `${phase} ${outcome}`)).toEqual([
      ...['preconditions passed', 'provision passed', 'fidelity passed', 'lineage passed', 'drift not-applicable', 'migrate passed'],
      ...['schema-gate failed', 'data-gate not-run', 'compatibility not-run', 'rollback not-run', 'verdict failed'],
    ]);
    expect(summary.phases.find(({ phase }) => phase === 'schema-gate')).toMatchObject({ summary: expect.stringContaining('The run stopped there.') });
    // What was found besides, in the phase that stopped, is there too.
    expect(summary.gates.find(({ gate }) => gate === 'schema-equality')).toMatchObject({ outcome: 'passed' });
    const verified = await stage.cli(['evidence', 'verify', runFolder]);
    expect(verified.exitCode, verified.stderr + verified.stdout).toBe(0);
  });
});

test('the same gate, advisory, tells the same and doesn’t decide; required ones that nobody asks are missed', { timeout: 120_000 }, async () => {
  const rule = { gate: 'required-objects', as: 'advisory', reason: 'the index comes with the next release' };
  const settings = { requiredObjects: missing, gates: [rule], traffic: { enabled: false } };
  await withStage(production, { settings }, async (stage) => {
    const { summary, text } = await rehearse(stage);
    expect(summary.verdict, text).toMatchObject({ kind: 'PASS', summary: expect.stringContaining('By configuration required-objects (failed) is advisory.') });
    expect(summary.findings.find(({ id }) => id === 'required-object:index:public.item_note')).toMatchObject({ severity: 'warning' });
    expect(text).toContain('required-objects (failed) is advisory');
  });
  await withStage(production, { settings: { ...settings, gates: [rule, { gate: 'pooling', as: 'required' }] } }, async (stage) => {
    const { summary } = await rehearse(stage);
    expect(summary.verdict).toMatchObject({ kind: 'INCONCLUSIVE', reasons: ['The configuration requires pooling, and no such gate was asked.'] });
  });
});

test('a server check that is named to stop ends the run before anything is made', { timeout: 120_000 }, async () => {
  const runbook = { serverChecks: [{ kind: 'role', name: 'deployer-logs-in', role: 'a_role_that_nobody_made' }] };
  const settings = { runbook, gates: [{ gate: 'server-check:deployer-logs-in', stops: true }], traffic: { enabled: false } };
  await withStage(production, { settings }, async (stage) => {
    const { summary, text } = await rehearse(stage);
    expect(summary.verdict, text).toMatchObject({ kind: 'BLOCKER', findingIds: ['server-check:server:deployer-logs-in'] });
    const gate = summary.gates.find(({ gate: name }) => name === 'server-check:deployer-logs-in');
    expect(summary.phases[0]).toMatchObject({ phase: 'preconditions', outcome: 'failed', summary: gate?.summary });
    expect(summary.phases.slice(1, -1).every(({ outcome }) => outcome === 'not-run')).toBe(true);
  });
});
