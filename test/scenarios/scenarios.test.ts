import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProductionServer } from './production-server.ts';
import { makeHome, runScenario } from './run-scenario.ts';
import { readScenarios } from './scenario.ts';

const scenarios = readScenarios(join(import.meta.dirname, '../../scenarios'));

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
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

  test.each(scenarios.filter((scenario) => scenario.expect.majors.includes(major)))('$name', { timeout: 200_000 }, async (scenario) => {
    const result = await runScenario(scenario, production, home.folder);
    expect(result.problems, result.stderr).toEqual([]);
  });
});
