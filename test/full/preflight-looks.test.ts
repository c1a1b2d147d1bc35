import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PreflightReport } from '../../src/core/preflight.ts';
import { listRuns } from '../../src/evidence/list-runs.ts';
import { verifyEvidence } from '../../src/evidence/verify-evidence.ts';
import { renderPreflight } from '../../src/rehearsal/preflight/render-preflight.ts';
import { rehearse } from '../../src/rehearsal/rehearse.ts';
import { openStandIn, type StandIn, settingsOf } from '../preflight/stand-in.ts';
import { dumpOf } from '../support/dump-of.ts';
import { freePort } from '../support/own-server.ts';
import { unwrap } from '../support/unwrap.ts';

let standIn: StandIn & AsyncDisposable;
beforeAll(async () => {
  standIn = await openStandIn(18);
});
afterAll(async () => await standIn[Symbol.asyncDispose]());

function outcomes({ checks }: PreflightReport) {
  return Object.fromEntries(checks.map(({ check, outcome }) => [check, outcome]));
}

/** As if production were reached in another way. */
const through = (url: string) => standIn.look({}, {}, { source: { url, allowPrimary: true } });

test('production that can’t be reached: what is known without it is told, and nothing is a GO', async () => {
  const report = await through(`postgres://postgres@127.0.0.1:${await freePort()}/shop?sslmode=disable`);
  expect(report).toMatchObject({ decision: 'UNKNOWN', exitCode: 3 });
  expect(outcomes(report)).toMatchObject({
    evidence: 'go',
    configuration: 'go',
    'migration-files': 'go',
    schema: 'unknown',
    ledger: 'unknown',
    roles: 'unknown',
    connections: 'unknown',
  });
});

test('another database is not the one that was rehearsed', async () => {
  await standIn.ask('create database other');
  const report = await through(standIn.server.url('other'));
  await standIn.ask('drop database other');
  expect(report.decision).toBe('NO-GO');
  expect(outcomes(report)).toMatchObject({ identity: 'no-go', schema: 'no-go', ledger: 'no-go' });
});

test('a twin of it on the same server, named as production, is not the one that was rehearsed', async () => {
  const admin = new pg.Client({ connectionString: standIn.server.url('postgres') });
  await admin.connect();
  await admin.query('create database twin template shop');
  await admin.query('alter database twin owner to shop_migrator');
  const report = await standIn.look({}, { source: { url: standIn.server.url('twin') } });
  await admin.query('drop database twin');
  await admin.end();
  expect(outcomes(report)).toMatchObject({ identity: 'no-go', schema: 'go', ledger: 'go' });
  expect(report.checks.find(({ check }) => check === 'identity')?.summary).toMatch(/twin is another database than the shop/);
});

test('what somebody put before the catalogs is never called in our name', async () => {
  await standIn.ask(`
    create schema evil;
    create function evil.raised() returns boolean language plpgsql as $$ begin raise exception 'shadowed'; end $$;
    create function evil.same(text, text) returns boolean language sql as 'select evil.raised()';
    create function evil.split_part(text, text, int) returns text language sql as 'select evil.raised()::text';
    create operator evil.= (function = evil.same, leftarg = text, rightarg = text);
    alter database shop set search_path = evil, pg_catalog, public;`);
  const report = await standIn.look();
  await standIn.ask('alter database shop reset search_path; drop schema evil cascade');
  expect(JSON.stringify(report)).not.toContain('shadowed');
  expect(outcomes(report)).toMatchObject({ settings: 'no-go', schema: 'no-go', roles: 'go', ledger: 'go', extensions: 'go' });
});

test('a rehearsal from a dump passes, and a look after it is unknown: a dump doesn’t tell what production was', async () => {
  const { context, folder, server } = standIn;
  await dumpOf(context, { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'shop', tls: 'disable' }, join(folder, 'dump'));
  const from = { source: { dump: 'dump' } };
  const production = { source: { url: server.url('shop') } };
  const ended = unwrap(await rehearse(context, { settings: settingsOf(server, production, from), folder, toolVersion: 'test' }));
  expect(ended.verdict).toMatchObject({ kind: 'PASS' });
  const report = await standIn.look({ rehearsal: ended.runFolder }, production, from);
  expect(report).toMatchObject({ decision: 'UNKNOWN', exitCode: 3 });
  expect(outcomes(report)).toMatchObject({ evidence: 'go', configuration: 'go', transcript: 'go', identity: 'unknown', schema: 'unknown', ledger: 'unknown' });
});

test('two looks at once don’t stand in each other’s way', async () => {
  const reports = await Promise.all([standIn.look({}, { maxTransactionSeconds: 60 }), standIn.look({}, { maxTransactionSeconds: 60 })]);
  expect(reports.map(({ decision }) => decision)).toEqual(['GO', 'GO']);
  expect(new Set(reports.map(({ runFolder }) => runFolder)).size).toBe(2);
});

test('a rehearsal’s record in another run’s place is no evidence', async () => {
  const place = join(dirname(standIn.runFolder), '20200101-000000-beef');
  cpSync(standIn.runFolder, place, { recursive: true });
  const report = await standIn.look({ rehearsal: place });
  rmSync(place, { recursive: true });
  expect(report.decision).toBe('NO-GO');
  expect(outcomes(report)).toMatchObject({ evidence: 'no-go', schema: 'go' });
});

test('what a role may not see is unknown, and no GO', async () => {
  await standIn.ask('create role looker login');
  const client = await standIn.open();
  await client.query('begin; lock table public.item in share mode');
  const report = await through(standIn.server.url('shop').replace('postgres@', 'looker@'));
  await client.query('rollback');
  await client.end();
  await standIn.ask('drop role looker');
  expect(outcomes(report)).toMatchObject({
    schema: 'go',
    extensions: 'go',
    roles: 'no-go',
    settings: 'unknown',
    ledger: 'unknown',
    'long-transactions': 'unknown',
  });
  expect(report.checks.find(({ check }) => check === 'long-transactions')?.reasons.join()).toMatch(/holds SHARE on public\.item, nobody here knows since when/);
});

test('what the team lets change is told, and doesn’t count', async () => {
  await standIn.ask('create table public.event_2026_12 (at timestamptz); create role "v-token-1"');
  const exclude = [
    { object: 'public.event_2026_*', reason: 'a partition is made each month' },
    { object: 'v-token-*', kind: 'role', reason: 'the vault makes roles each hour' },
  ];
  const report = await standIn.look({}, { exclude });
  await standIn.ask('drop table public.event_2026_12; drop role "v-token-1"');
  expect(report.decision).toBe('GO');
  const told = report.checks.flatMap(({ reasons }) => reasons).join('\n');
  expect(told).toMatch(/Not counted: .*event_2026_12.* a partition is made each month/);
  expect(told).toMatch(/Not counted: Role v-token-1 is new\. the vault/);
});

test('without a word of the team’s it is unknown, with what to write', async () => {
  const report = await standIn.look({ transcript: undefined }, { freezeWindows: undefined, pointInTimeRecovery: undefined, freeBytes: undefined });
  expect(report).toMatchObject({ decision: 'UNKNOWN', exitCode: 3 });
  expect(outcomes(report)).toMatchObject({ transcript: 'unknown', 'freeze-window': 'unknown', 'point-in-time-recovery': 'unknown', 'disk-room': 'go' });
  const shown = renderPreflight(report, 'terminal', { columns: 100, color: false });
  expect(shown.split('\n')[0]).toMatch(/^ UNKNOWN {3}Not proven either way: /);
  expect(shown).toContain(`--transcript`);
  expect(shown).toContain('Set preflight.freezeWindows');
  expect(shown.split('\n').length).toBeLessThan(40);
});

test('commands tell how much is free and to when production can be restored', async () => {
  const node = (text: string) => ({ command: [process.execPath, '-e', `console.log('as of now'); console.log(${text})`] });
  const told = (freeBytes: unknown, command: unknown) => standIn.look({}, { freeBytes, pointInTimeRecovery: { from: 'command', ...(command as object) } });
  expect(await told(node('1e10.toString()'), node('new Date().toISOString()'))).toMatchObject({ decision: 'GO' });
  expect(outcomes(await told(node('"much"'), node('"lately"')))).toMatchObject({ 'disk-room': 'unknown', 'point-in-time-recovery': 'unknown' });
});

test('the look is evidence of its own, sealed, listed, and without the password', async () => {
  const canary = 'c4nary-Passw0rt-7';
  const report = await through(standIn.server.url('shop').replace('postgres@', `postgres:${canary}@`));
  expect(report.decision).toBe('GO');
  expect(unwrap(await verifyEvidence(report.runFolder)).problems).toEqual([]);
  for (const name of readdirSync(report.runFolder)) expect(readFileSync(join(report.runFolder, name), 'utf8'), name).not.toContain(canary);
  const listed = unwrap(await listRuns(dirname(report.runFolder)));
  expect(listed.find(({ folder }) => folder === report.runFolder)).toMatchObject({ scope: 'preflight', decision: 'GO', exitCode: 0, sealed: true });
  const journal = readFileSync(join(report.runFolder, 'journal.jsonl'), 'utf8');
  expect(journal).toContain(report.rehearsal.rootSha256);
});
