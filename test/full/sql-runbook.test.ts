import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOutcome } from '../scenarios/outcome.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { makeHome, readLedger, runProgram } from '../scenarios/run-scenario.ts';

const example = join(import.meta.dirname, '../../examples/sql-runbook');
const modules = join(import.meta.dirname, '../../node_modules');
let production: ProductionServer;
let home: ReturnType<typeof makeHome>;
let project: string;

beforeAll(async () => {
  home = makeHome();
  production = await ProductionServer.start(15);
  project = mkdtempSync(join(tmpdir(), 'pgr-runbook-'));
  cpSync(example, project, { recursive: true });
  await production.load('lantern', readFileSync(join(example, 'production.sql'), 'utf8'));
});
afterAll(async () => {
  await production[Symbol.asyncDispose]();
  home[Symbol.dispose]();
  rmSync(project, { recursive: true, force: true });
});

/** Runs the program in the project, as the README says. */
async function pgrehearse(...args: readonly string[]) {
  return await runProgram(args, project, { LANTERN_DATABASE_URL: production.url('lantern'), PGREHEARSE_HOME: home.folder, NODE_PATH: modules });
}

test('the README’s commands: a backup, and a run that passes', { timeout: 200_000 }, async () => {
  mkdirSync(join(project, 'dump'));
  execFileSync('pg_dump', ['-Fc', '-f', 'dump/pre-0008.dump', production.url('lantern')], { cwd: project });
  const ran = await pgrehearse('run', '--json');
  const outcome = readOutcome(ran.stdout, ran.exitCode, readLedger(home.folder));
  const grave = outcome.findings.filter(({ severity }) => severity !== 'note' && severity !== 'warning').map(({ id, title, cure }) => ({ id, title, cure }));
  expect(grave).toEqual([]);
  expect(outcome.failures).toEqual([]);
  expect(outcome.verdict, ran.stderr).toMatchObject({ kind: 'PASS' });
  expect(outcome.passed).toContain('verify:0009_credit_lots:balance-is-right');
});
