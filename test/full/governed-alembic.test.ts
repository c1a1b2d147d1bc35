import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunSummary } from '../../src/core/run-summary.ts';
import { hasAlembic } from '../record/clients-alembic.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { makeHome, readLedger, runProgram } from '../scenarios/run-scenario.ts';
import { ask } from '../support/own-server.ts';

const example = join(import.meta.dirname, '../../examples/governed-alembic');
const anchor = '0019_nav_snapshots_and_investor_statements';
let production: ProductionServer;
let home: ReturnType<typeof makeHome>;
let project: string;

beforeAll(async () => {
  home = makeHome();
  production = await ProductionServer.start(15);
  project = mkdtempSync(join(tmpdir(), 'pgr-governed-'));
  cpSync(example, project, { recursive: true });
  await production.load('meridian', readFileSync(join(example, 'production.sql'), 'utf8'));
});
afterAll(async () => {
  await production[Symbol.asyncDispose]();
  home[Symbol.dispose]();
  rmSync(project, { recursive: true, force: true });
});

const admin = () => ({ host: '127.0.0.1', port: production.port, database: 'meridian', user: 'postgres', tls: 'disable' }) as const;

/** Runs the program in the project, as the README says, with parts of its configuration replaced. */
async function rehearse(replaced: Readonly<Record<string, unknown>> = {}) {
  const config = JSON.parse(readFileSync(join(example, 'pgrehearse.config.json'), 'utf8'));
  writeFileSync(join(project, 'pgrehearse.config.json'), JSON.stringify({ ...config, ...replaced }));
  const ran = await runProgram(['run'], project, { MERIDIAN_DATABASE_URL: production.url('meridian'), PGREHEARSE_HOME: home.folder });
  const runs = join(project, '.pgrehearse/runs');
  const folder = join(runs, readdirSync(runs).sort().at(-1) ?? '');
  const summary = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as RunSummary;
  expect(readLedger(home.folder)).toEqual([]);
  return { ...ran, folder, summary, rootHash: /Root hash: ([0-9a-f]{64})/.exec(ran.stdout)?.[1] ?? '' };
}

/** What takes long, and has nothing to do with the history. */
const quick = { interruptions: { enabled: false }, rollback: { ways: 'off' }, traffic: { enabled: false } };

test.skipIf(!hasAlembic)('the README’s run passes, is told in nine logs, and its evidence can be approved', { timeout: 600_000 }, async () => {
  const readme = readFileSync(join(example, 'README.md'), 'utf8');
  expect([...readme.matchAll(/^ {4}(npx .*)$/gm)].map(([, command]) => command)).toEqual(['npx pgrehearse run']);
  const { exitCode, folder, summary, stdout, stderr, rootHash } = await rehearse();
  expect({ exitCode, verdict: summary.verdict?.kind }, `${stdout}${stderr}`).toEqual({ exitCode: 0, verdict: 'PASS' });
  const passed = summary.gates.filter(({ outcome }) => outcome === 'passed').map(({ gate }) => gate);
  expect(passed).toEqual(
    expect.arrayContaining(['lineage-heads', 'anchor-parity', 'stamp', 'lineage', 'lineage-applied', 'required-objects', 'row-bounds', 'schema-equality']),
  );
  expect(summary.history?.stamp).toMatchObject({
    revision: anchor,
    by: 'tool',
    ledger: ['public.alembic_version'],
    changed: [],
    written: [],
    recorded: [anchor],
  });
  expect(summary.history?.applied).toMatchObject({ current: ['70a79686336c'], heads: ['70a79686336c'] });
  const { expectedPending } = JSON.parse(readFileSync(join(example, 'pgrehearse.config.json'), 'utf8')).lineage;
  expect(summary.history?.applied?.order).toEqual(expectedPending);
  // A second run on the stamped clones went back to where they were stamped.
  expect(summary.gates.find(({ gate }) => gate === 'rollback:command')?.outcome).not.toBe('failed');
  for (const log of [...readme.matchAll(/`(clone_\w+\.log)`/g)].map(([, name = '']) => name)) {
    expect(readFileSync(join(folder, log), 'utf8').length, log).toBeGreaterThan(100);
  }
  expect(await ask(admin(), `select to_regclass('public.alembic_version') as ledger`)).toMatchObject([{ ledger: null }]);

  const approved = { anchor: { revision: anchor, approvedEvidence: rootHash }, ...quick };
  const again = await rehearse(approved);
  expect(again.summary.verdict, again.stdout).toMatchObject({ kind: 'PASS' });
  expect(again.summary.gates.find(({ gate }) => gate === 'approved-evidence')).toMatchObject({ outcome: 'passed', couldFail: true });

  const applied = join(project, 'backend/alembic/versions/0009_investments.py');
  const text = readFileSync(applied, 'utf8');
  writeFileSync(applied, `${text}\n# a comment is an edit\n`);
  const edited = await rehearse(approved);
  writeFileSync(applied, text);
  expect(edited.summary.verdict, edited.stdout).toMatchObject({
    kind: 'BLOCKER',
    rootCause: 'history-edited',
    findingIds: ['lineage:revision:0009_investments:edited'],
  });

  // Somebody changed production since, in a way that the repo at the anchor shows too.
  await ask(admin(), 'alter table public.users alter column email drop not null');
  const drifted = await rehearse(approved);
  await ask(admin(), 'alter table public.users alter column email set not null');
  expect(drifted.summary.verdict, drifted.stdout).toMatchObject({ kind: 'BLOCKER', rootCause: 'structural-parity', otherCauses: ['schema-drift'] });
  expect(drifted.summary.findings.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['anchor-parity:column:public.users.email:not null', 'approved-structure:column:public.users.email:not null']),
  );
  expect(drifted.summary.history?.stamp).toBeUndefined();
});

test.skipIf(!hasAlembic)('a stamp with the head, and one over a list that names something, are refused', { timeout: 200_000 }, async () => {
  const head = await rehearse({ anchor: { revision: '70a79686336c' }, ...quick });
  expect([head.exitCode, head.summary.failures[0]?.failure.code], head.stdout).toEqual([2, 'stamp-refused']);
  expect(head.summary.phases.find(({ phase }) => phase === 'provision')?.outcome).toBe('not-run');
  await ask(
    admin(),
    `create table public.alembic_version (version_num text primary key); insert into public.alembic_version values ('0014_monthly_report_packs')`,
  );
  const over = await rehearse(quick);
  await ask(admin(), 'drop table public.alembic_version');
  expect([over.exitCode, over.summary.failures[0]?.failure.code], over.stdout).toEqual([2, 'stamp-refused']);
  expect(over.summary.failures[0]?.failure.message).toContain('names 0014_monthly_report_packs');
});
