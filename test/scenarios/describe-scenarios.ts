import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProductionServer } from './production-server.ts';
import { makeHome, runScenario } from './run-scenario.ts';
import { readScenarios } from './scenario.ts';

/** One test for each scenario of a major version. Each version has a file of its own, so that both can run at the same time. */
export function describeScenarios(major: 15 | 18): void {
  const scenarios = readScenarios(join(import.meta.dirname, '../../scenarios')).filter((scenario) => scenario.expect.majors.includes(major));

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
