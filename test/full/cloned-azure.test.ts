import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DumpManifest } from '../../src/core/dump-manifest.ts';
import type { Failure } from '../../src/core/failure.ts';
import { commandLines, inFiles } from '../program/cloud-stage.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import { FakeAzure } from '../support/fake-azure/fake-azure.ts';
import type { FlexibleServer } from '../support/fake-azure/servers.ts';
import { type CliOptions, runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const productionPassword = 'Canary-of-production-1';

let azure: FakeAzure;
let production: FlexibleServer;
const folder = makeFolder('pgr-azure-project-');
const home = makeFolder('pgr-azure-home-');

beforeAll(async () => {
  chmodSync(home, 0o711);
  azure = await FakeAzure.start();
  production = await azure.servers.add({ name: 'shop', major: 15, login: 'dba', password: productionPassword, database: 'shop' });
  await production.server?.ask(script, [], 'shop', 'dba');
  mkdirSync(join(folder, 'migrations'));
  writeFileSync(join(folder, 'migrations/0001_name.sql'), 'alter table public.customers add column name text;');
  configure({});
});
afterAll(async () => {
  await azure[Symbol.asyncDispose]();
  for (const path of [folder, home]) rmSync(path, { recursive: true, force: true });
});

const script = `
  create table public.customers (id int primary key, note text not null);
  insert into public.customers select n, 'customer ' || n from generate_series(1, 1000) n;
  create sequence public.numbers start 42;
  create role reporting;
  grant select on public.customers to reporting;
  create extension pg_trgm;
  select lo_from_bytea(4711, 'large');`;

function configure(more: object): void {
  const source = {
    azure: {
      ...{ server: 'shop', subscription: FakeAzure.subscription, tenant: FakeAzure.tenant, resourceGroup: 'production', database: 'shop' },
      ...{ endpoint: azure.url, allowFrom: ['203.0.113.5'], pollSeconds: 0.05, tlsRootCertificate: cloudAuthority, ...more },
    },
  };
  const migrate = { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: 'none', role: 'dba' };
  writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify({ source, migrate, baseline: { mode: 'init-then-migrations' } }));
}

const cli = (args: readonly string[], options: CliOptions = {}) =>
  runCli(args, { cwd: folder, ...options, env: { ...azure.environment, CI: undefined, PGREHEARSE_HOME: home, NO_COLOR: '1', ...options.env } });
const left = () => [...azure.servers.all.keys()].filter((name) => name !== 'shop');

test('--dry-run tells steps and time, and makes no call that changes anything; nothing is made unless somebody agrees', async () => {
  const { exitCode, stdout, stderr } = await cli(['clone', '--dry-run']);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toMatch(/Restore shop as of the latest moment .* to pgrehearse-shop-\d{14}-[0-9a-f]{6} .* as Standard_D2ds_v5 with a public address/);
  expect(stdout).toContain('Let in 203.0.113.5 to it, and nobody else.');
  expect(stdout).toContain('not permitted yet');
  const refused = await cli(['clone', '--json']);
  expect({ exitCode: refused.exitCode, code: (JSON.parse(refused.stdout) as { failure: Failure }).failure.code }).toEqual({
    exitCode: 2,
    code: 'cloud-not-permitted',
  });
  const inCi = await cli(['clone', '--yes', '--json'], { env: { CI: 'true' } });
  expect((JSON.parse(inCi.stdout) as { failure: Failure }).failure.code).toBe('cloud-not-permitted');
  expect(azure.changes).toEqual([]);
});

test('a moment of production is cloned through a server of our own, and nothing of that is left, nor a secret anywhere', async () => {
  azure.servers.circumstances.firewall = 'enforced';
  const seen = new Set<string>();
  const { exitCode, stderr } = await cli(['clone', '--yes', '--account', FakeAzure.subscription], {
    env: { CI: 'true' },
    during: (child) => child.stderr?.on('data', () => commandLines().forEach((line) => void seen.add(line))),
  });
  azure.servers.circumstances.firewall = 'open';
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const [name = ''] = readdirSync(join(folder, 'dump'));
  const manifest = JSON.parse(readFileSync(join(folder, 'dump', name, 'manifest.json'), 'utf8')) as DumpManifest;
  expect(manifest.tables.map(({ table, rows }) => [table, rows])).toEqual([['customers', 1000]]);
  expect(manifest.facts).toMatchObject({ kind: 'azure', serverVersion: '15.18', database: 'shop' });
  expect(left()).toEqual([]);
  expect(azure.changes.map(({ operation }) => operation)).toEqual([
    'Servers_CreateOrUpdate',
    'FirewallRules_CreateOrUpdate',
    'Servers_Update',
    'Servers_Delete',
  ]);
  const update = azure.calls.find(({ operation }) => operation === 'Servers_Update')?.body as
    | { properties: { administratorLoginPassword: string } }
    | undefined;
  for (const secret of [update?.properties.administratorLoginPassword ?? '', productionPassword, azure.environment.AZURE_CLIENT_SECRET ?? '']) {
    expect(secret.length).toBeGreaterThan(20);
    expect([...seen].filter((line) => line.includes(secret))).toEqual([]);
    expect([...inFiles(folder, secret), ...inFiles(home, secret)]).toEqual([]);
    expect(stderr).not.toContain(secret);
  }
});

test('what was cloned can be loaded, with Azure’s roles and grants, and is what production holds', async () => {
  const loaded = await cli(['load', '--name', 'copy', '--json']);
  expect({ exitCode: loaded.exitCode, stderr: loaded.stderr }).toMatchObject({ exitCode: 0 });
  const ask = async (sql: string) => (await cli(['exec', '--name', 'copy', '--', 'psql', '-Atc', sql])).stdout.trim();
  const digest = "select md5(string_agg(c::text, ',' order by id)) as answer from public.customers c";
  expect(await ask(digest)).toBe((await production.server?.ask(digest, [], 'shop', 'dba'))?.[0]?.answer);
  expect(await ask("select has_table_privilege('reporting', 'public.customers', 'select'), convert_from(lo_get(4711), 'utf8')")).toBe('t|large');
  expect(await ask("select string_agg(extname, ',' order by extname) from pg_extension")).toContain('pg_trgm');
  expect((await cli(['drop', 'copy'])).exitCode).toBe(0);
});

test('a server that can’t be deleted is told, makes exit code 5, is shown by clones, and is removed by gc', async () => {
  azure.servers.circumstances.lockedGroups.add('production');
  const cloned = await cli(['clone', '--yes']);
  expect({ exitCode: cloned.exitCode, stderr: cloned.stderr }).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('ScopeLocked') });
  const [name = ''] = left();
  const listed = await cli(['clones', '--json']);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ kind: 'throwaway', identifier: name, status: 'Ready', region: 'westeurope' }]);
  expect((await cli(['gc'])).exitCode).toBe(5);
  azure.servers.circumstances.lockedGroups.clear();
  const collected = await cli(['gc']);
  expect({ exitCode: collected.exitCode, left: left() }).toEqual({ exitCode: 0, left: [] });
});

test('what another machine left is only told of, until it is adopted', async () => {
  const foreign = { 'pgrehearse:run': 'r-1', 'pgrehearse:owner': 'somebody@elsewhere', 'pgrehearse:delete-after': '2026-01-01T00:00:00.000Z' };
  azure.servers.circumstances.wordsOnly = true;
  await azure.servers.add({ name: 'pgrehearse-shop-20260101000000-abcdef', major: 15, login: 'dba', password: 'x', tags: foreign });
  await azure.servers.add({ name: 'pgrehearse-somebodys-own', major: 15, login: 'dba', password: 'x' });
  azure.servers.circumstances.wordsOnly = false;
  expect((await cli(['gc'])).stdout).toMatch(/Stays: throwaway pgrehearse-shop-20260101000000-abcdef .*somebody@elsewhere.*--adopt/);
  const adopted = await cli(['gc', '--adopt', 'expired']);
  expect({ exitCode: adopted.exitCode, left: left() }).toEqual({ exitCode: 0, left: ['pgrehearse-somebodys-own'] });
  azure.servers.all.delete('pgrehearse-somebodys-own');
});

test('doctor looks at subscription, server and client, and restores nothing', async () => {
  const changes = azure.changes.length;
  const found = async () =>
    Object.fromEntries(
      (JSON.parse((await cli(['doctor', '--json'])).stdout) as { what: string; failure?: Failure }[]).map(({ what, failure }) => [what, failure?.code ?? 'ok']),
    );
  expect(await found()).toMatchObject({ cloud: 'ok', server: 'ok', client: 'ok', permission: 'ok' });
  configure({ tenant: '99999999-2222-3333-4444-555555555555' });
  expect(await found()).toMatchObject({ cloud: 'cloud-wrong-account' });
  configure({ server: 'shpo' });
  expect(await found()).toMatchObject({ cloud: 'ok', server: 'cloud-not-found' });
  configure({});
  expect(azure.changes).toHaveLength(changes);
});
