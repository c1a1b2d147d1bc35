import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRunbookDefects, describeSoundRunbook, runbookDefects, runbookExample, useRunbook } from '../demo/describe-runbook.ts';
import { readTicks } from '../demo/runbook-checklist.ts';
import { outdatedLines } from '../demo/runbook-text.ts';
import { readOutcome } from '../scenarios/outcome.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { makeHome, readLedger, runProgram } from '../scenarios/run-scenario.ts';

const modules = join(import.meta.dirname, '../../node_modules');
let production: ProductionServer;
let home: ReturnType<typeof makeHome>;
let project: string;

beforeAll(async () => {
  home = makeHome();
  production = await ProductionServer.start(15);
  project = mkdtempSync(join(tmpdir(), 'pgr-runbook-'));
  cpSync(runbookExample, project, { recursive: true });
  await production.load('lantern', '');
});
afterAll(async () => {
  await production[Symbol.asyncDispose]();
  home[Symbol.dispose]();
  rmSync(project, { recursive: true, force: true });
});

/** What ticks both of the README's checklists, and the ways back. */
const ticked = [
  ...[...readTicks('Staging checklist'), ...readTicks('Before the first migration')].flatMap(({ gates }) => gates),
  ...['invariant:payments-never-go-back', 'rollback:down', 'rollback:restore'],
];

/** Runs the program in the project, as the README says. */
async function pgrehearse(...args: readonly string[]) {
  return await runProgram(args, project, { LANTERN_DATABASE_URL: production.url('lantern'), PGREHEARSE_HOME: home.folder, NODE_PATH: modules });
}

test('the README’s commands: a run that passes, and a runbook that is up to date', { timeout: 300_000 }, async () => {
  const readme = readFileSync(join(runbookExample, 'README.md'), 'utf8');
  const commands = [...readme.matchAll(/^ {4}(\S.*)$/gm)].map(([, command = '']) => command);
  expect(commands).toHaveLength(6);
  for (const command of commands.filter((one) => !one.startsWith('npx'))) {
    execFileSync('sh', ['-c', command], { cwd: project, stdio: 'pipe', env: { ...process.env, LANTERN_DATABASE_URL: production.url('lantern') } });
  }
  const ran = await pgrehearse('run', '--json');
  const outcome = readOutcome(ran.stdout, ran.exitCode, readLedger(home.folder));
  const grave = outcome.findings.filter(({ severity }) => severity !== 'note' && severity !== 'warning').map(({ id, title, cure }) => ({ id, title, cure }));
  expect(grave).toEqual([]);
  expect(outcome.failures).toEqual([]);
  expect(outcome.leftovers).toEqual([]);
  expect(outcome.verdict, ran.stderr).toMatchObject({ kind: 'PASS' });
  expect(outcome.passed).toEqual(expect.arrayContaining(ticked));
  expect(commands.slice(-3)).toEqual(['npx pgrehearse run', 'npx pgrehearse runbook --output RUNBOOK.md', 'npx pgrehearse runbook --check RUNBOOK.md']);
});

test('the runbook of that run: written, up to date, and out of date once anything changes', { timeout: 100_000 }, async () => {
  expect(await pgrehearse('runbook', '--output', 'RUNBOOK.md')).toMatchObject({ exitCode: 0 });
  const text = readFileSync(join(project, 'RUNBOOK.md'), 'utf8');
  for (const expected of [
    'rehearsed: passed',
    'raises-without-community',
    'SQLSTATE P0001',
    'human only',
    'agent may do',
    'public.credit_lot',
    'it leads back',
  ])
    expect(text).toContain(expected);
  expect(await pgrehearse('runbook', '--check', 'RUNBOOK.md')).toMatchObject({ exitCode: 0 });
  expect(await outdatedLines(runbookExample, text)).toEqual([]);
  writeFileSync(join(project, 'RUNBOOK.md'), text.replace('human only', 'agent may do'));
  const edited = await pgrehearse('runbook', '--check', 'RUNBOOK.md');
  expect(edited).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('edited by hand') });
  writeFileSync(join(project, 'RUNBOOK.md'), text);
  const migration = join(project, 'migrations/0011_usage_events.sql');
  appendFileSync(migration, '-- one line more\n');
  const changed = await pgrehearse('runbook', '--check', 'RUNBOOK.md');
  expect(changed).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('migrations have changed') });
});

test('connections of production are listed, and never ended', { timeout: 100_000 }, async () => {
  expect(await pgrehearse('connections', '--production', '--json')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\[/) });
  const refused = await pgrehearse('connections', '--production', '--terminate-idle');
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('ends no connection in production') });
});

test('production as nobody should deploy to it: each check says so, and names the server', { timeout: 300_000 }, async () => {
  const file = join(project, 'pgrehearse.config.json');
  const text = readFileSync(file, 'utf8');
  const config = JSON.parse(text);
  const stricter: Record<string, object> = { 'postgres-15': { min: '14', max: '14' }, connections: { max: 0 }, 'no-long-transactions': { minutes: 1e-9 } };
  const serverChecks = config.runbook.serverChecks.map((check: { name: string }) => ({ ...check, ...stricter[check.name] }));
  const without = { rollback: { ways: 'off' }, traffic: { enabled: false }, compatibility: {}, data: {} };
  writeFileSync(file, JSON.stringify({ ...config, ...without, runbook: { ...config.runbook, serverChecks, migrations: [] } }));
  const archive = join(project, 'dump/pre-0008.dump');
  truncateSync(archive, statSync(archive).size - 2000);
  const admin = new pg.Client({ connectionString: production.url('lantern') });
  const forgotten = new pg.Client({ connectionString: production.url('lantern'), application_name: 'forgotten' });
  await Promise.all([admin.connect(), forgotten.connect()]);
  try {
    await forgotten.query('begin; select 1');
    await admin.query('alter role lantern_app nologin');
    const ran = await pgrehearse('run', '--json');
    const { findings, exitCode } = readOutcome(ran.stdout, ran.exitCode, readLedger(home.folder));
    const asked = findings.filter(({ check, severity }) => check === 'server-check' && severity === 'blocker');
    expect(asked.map(({ id }) => id).sort(), ran.stderr).toEqual(
      config.runbook.serverChecks.map(({ name }: { name: string }) => `server-check:server:${name}`).sort(),
    );
    for (const finding of asked) expect(JSON.stringify(finding), finding.id).toContain(`127.0.0.1:${production.port}/lantern`);
    expect(JSON.stringify(asked)).toContain('forgotten');
    expect(exitCode).toBe(1);
  } finally {
    await admin.query('alter role lantern_app login');
    await Promise.all([admin.end(), forgotten.end()]);
    writeFileSync(file, text);
  }
});

describe.each([15, 18] as const)('with a fault in it, on PostgreSQL %s', (major) => {
  const rehearse = useRunbook(major);
  const gates = ticked.filter((gate) => !gate.startsWith('rollback:'));
  describeSoundRunbook(rehearse, gates);
  describeRunbookDefects(
    rehearse,
    runbookDefects.filter(({ majors }) => majors === undefined || majors.includes(major)),
  );
});
