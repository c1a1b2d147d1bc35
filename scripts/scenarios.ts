// Runs every scenario, or those whose names hold an argument, and prints a table: npm run scenarios [-- policy trigger]
import { join } from 'node:path';
import { ProductionServer } from '../test/scenarios/production-server.ts';
import { makeHome, runScenario, type ScenarioResult } from '../test/scenarios/run-scenario.ts';
import { readScenarios } from '../test/scenarios/scenario.ts';

const wanted = process.argv.slice(2);
const scenarios = readScenarios(join(import.meta.dirname, '../scenarios')).filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
if (scenarios.length === 0) {
  console.error(`No scenario is named like ${wanted.join(' or ')}.`);
  process.exit(2);
}

/** One server version's scenarios, one after the other: they share the server that stands in for production. */
async function runMajor(major: 15 | 18): Promise<readonly ScenarioResult[]> {
  const mine = scenarios.filter((scenario) => scenario.expect.majors.includes(major));
  if (mine.length === 0) return [];
  using home = makeHome();
  await using production = await ProductionServer.start(major);
  const results: ScenarioResult[] = [];
  for (const scenario of mine) {
    const result = await runScenario(scenario, production, home.folder);
    print(result);
    results.push(result);
  }
  return results;
}

function print(result: ScenarioResult): void {
  const { verdict, exitCode } = result.outcome;
  const cause = verdict === undefined || verdict.kind === 'PASS' ? '' : verdict.rootCause;
  const row = [
    result.problems.length === 0 ? 'ok   ' : 'WRONG',
    result.scenario.padEnd(30),
    String(result.major),
    (verdict?.kind ?? 'no verdict').padEnd(12),
    cause.padEnd(18),
    `exit ${exitCode}`,
    `${(result.durationMs / 1000).toFixed(1).padStart(5)} s`,
  ];
  console.log(row.join('  '));
  for (const problem of result.problems) console.log(`       ${problem}`);
  if (result.problems.length > 0) for (const finding of result.outcome.findings) console.log(`       found ${finding.severity} ${finding.id}`);
  if (verdict === undefined) console.log(result.stderr.replaceAll(/^/gm, '       '));
}

const results = (await Promise.all([runMajor(15), runMajor(18)])).flat();
const wrong = results.filter((result) => result.problems.length > 0);
console.log(`\n${results.length - wrong.length} as expected, ${wrong.length} wrong`);
process.exitCode = wrong.length === 0 ? 0 : 1;
