import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Outcome, readOutcome } from '../scenarios/outcome.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { makeHome, readLedger, runProgram } from '../scenarios/run-scenario.ts';
import { unhurried } from '../support/unhurried.ts';
import { assembleDemo, defects, exampleFolder } from './assemble-demo.ts';

type Rehearse = (repaired: readonly string[]) => Promise<Outcome & { readonly stderr: string }>;

/** Starts the example's production for the tests of this file. Gives what rehearses a copy of the example in which the named defects are repaired. */
export function useDemo(): Rehearse {
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
  return async (repaired) => {
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
  };
}

function blockers(outcome: Outcome): readonly string[] {
  return outcome.findings
    .filter((finding) => finding.severity === 'blocker')
    .map((finding) => finding.id)
    .sort();
}

/** One test for each choice of defects that are repaired: the findings of those, and no others, are gone. */
export function describeRepairs(rehearse: Rehearse, choices: readonly (readonly string[])[]): void {
  test.each(choices.map((repaired) => ({ repaired, names: repaired.join(', ') || 'nothing' })))(
    'with $names repaired, just that is no longer found',
    async ({ repaired }) => {
      const outcome = await rehearse(repaired);
      expect(outcome.verdict?.kind, outcome.stderr).toBe('BLOCKER');
      expect(outcome.exitCode).toBe(1);
      expect(blockers(outcome)).toEqual(
        defects
          .filter(({ name }) => !repaired.includes(name))
          .map(({ finding }) => finding)
          .sort(),
      );
      expect(outcome.leftovers).toEqual([]);
    },
  );
}
