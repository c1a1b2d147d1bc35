import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Outcome, readOutcome } from '../scenarios/outcome.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { makeHome, readLedger, runProgram } from '../scenarios/run-scenario.ts';
import { unhurried } from '../support/unhurried.ts';
import { assembleDemo, defects, exampleFolder } from './assemble-demo.ts';

let production: ProductionServer;
let home: ReturnType<typeof makeHome>;

beforeAll(async () => {
  home = makeHome();
  production = await ProductionServer.start(18);
  // A tenth of the invoices shows the same faults; the demo itself runs on all of them.
  await production.load('arrowroot', readFileSync(join(exampleFolder, 'production.sql'), 'utf8').replaceAll(/\b30000\b/g, '3000'));
});
afterAll(async () => {
  await production[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

/** Rehearses a copy of the example in which the named defects are repaired. */
async function rehearse(repaired: readonly string[]): Promise<Outcome & { readonly stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'pgr-demo-'));
  try {
    const config = assembleDemo(folder, repaired);
    // Production stays as it is: the first rehearsal's image does for all.
    writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), ...unhurried, image: { keepHours: 1 } }));
    const ran = await runProgram(['run', '--json', '--config', config], folder, {
      ARROWROOT_DATABASE_URL: production.url('arrowroot'),
      PGREHEARSE_HOME: home.folder,
    });
    return { ...readOutcome(ran.stdout, ran.exitCode, readLedger(home.folder)), stderr: ran.stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function blockers(outcome: Outcome): readonly string[] {
  return outcome.findings
    .filter((finding) => finding.severity === 'blocker')
    .map((finding) => finding.id)
    .sort();
}

const allFindings = defects.map((defect) => defect.finding).sort();

test('the flawed deploy is blocked by a finding for each planted defect, and by nothing else', async () => {
  const outcome = await rehearse([]);
  expect(outcome.verdict?.kind, outcome.stderr).toBe('BLOCKER');
  expect(outcome.exitCode).toBe(1);
  expect(blockers(outcome)).toEqual(allFindings);
  expect(outcome.leftovers).toEqual([]);
});

test.each(defects)('with $name repaired, exactly its finding is gone', async ({ name, finding }) => {
  const outcome = await rehearse([name]);
  expect(outcome.verdict?.kind, outcome.stderr).toBe('BLOCKER');
  expect(blockers(outcome)).toEqual(allFindings.filter((id) => id !== finding));
});

test('with all of them repaired, the deploy passes', async () => {
  const outcome = await rehearse(defects.map((defect) => defect.name));
  expect(outcome.verdict?.kind, outcome.stderr).toBe('PASS');
  expect(outcome.exitCode).toBe(0);
  expect(outcome.findings.filter((finding) => finding.severity !== 'note')).toEqual([]);
});
