import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fewOf } from '../support/in-full.ts';
import { ProductionServer } from './production-server.ts';
import { makeHome, runScenario } from './run-scenario.ts';
import { readScenarios } from './scenario.ts';

/** One test for each scenario of a major version. Each version has a file of its own, so that both can run at the same time. */
export function describeScenarios(major: 15 | 18): void {
  const all = readScenarios(join(import.meta.dirname, '../../scenarios')).filter((scenario) => scenario.expect.majors.includes(major));
  // What must pass is tried on both; of the others, those that are of both majors stand here for the newer one alone.
  const scenarios = fewOf(all, ({ name, expect }) => expect.inFull !== true && (major === 18 || !expect.majors.includes(18) || name === 'clean-additive-pass'));

  describe(`on PostgreSQL ${major}`, () => {
    let production: ProductionServer;
    let home: ReturnType<typeof makeHome>;
    beforeAll(async () => {
      home = makeHome();
      production = await ProductionServer.start(major);
    });
    afterAll(async () => {
      await production[Symbol.asyncDispose]();
      home[Symbol.dispose]();
    });

    test.each(scenarios)('$name', { timeout: 200_000 }, async (scenario) => {
      const result = await runScenario(scenario, production, home.folder);
      expect(result.problems, result.stderr).toEqual([]);
    });
  });
}
