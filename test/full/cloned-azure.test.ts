import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DumpManifest } from '../../src/core/dump-manifest.ts';
import type { Failure } from '../../src/core/failure.ts';
import { type AzureStage, azureProject, productionPassword } from '../program/azure-stage.ts';
import { commandLines, inFiles } from '../program/cloud-stage.ts';
import { FakeAzure } from '../support/fake-azure/fake-azure.ts';
import { startSshd } from '../support/sshd.ts';

let stage: AzureStage;
beforeAll(async () => {
  stage = await azureProject();
});
afterAll(() => stage[Symbol.asyncDispose]());

test('--dry-run tells steps, time and cost, and makes no call that changes anything; nothing is made unless somebody agrees', async () => {
  const { exitCode, stdout, stderr } = await stage.cli(['clone', '--dry-run']);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toMatch(/Restore shop as of the latest moment .* to pgrehearse-shop-\d{14}-[0-9a-f]{6} .* as Standard_D2ds_v5 with a public address/);
  expect(stdout).toContain('Let in 203.0.113.5 to it, and nobody else.');
  expect(stdout).toContain('not permitted yet');
  expect(stdout).toContain('Cost:       no price is known of Standard_D2ds_v5 in westeurope: name it in source.azure.prices, in US dollars an hour');
  stage.configure({ prices: { Standard_D2ds_v5: 0.21 }, skus: ['Standard_D2ds_v5', 'Standard_B1ms'] });
  const priced = await stage.cli(['clone', '--dry-run']);
  expect(priced.stdout).toContain('Cost:       about $0.21 an hour for Standard_D2ds_v5 without its disk, as source.azure.prices has it');
  expect(priced.stdout).toMatch(/^ {12}about \$0\.\d+ an hour for Standard_B1ms with its disk, by eastus’s list price: that of westeurope isn’t known here$/m);
  stage.configure({ prices: { Standard_D2ds_v5: -1 } });
  expect(await stage.cli(['clone', '--dry-run'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('source.azure.prices.Standard_D2ds_v5 must be more than 0'),
  });
  stage.configure({});
  const refused = await stage.cli(['clone', '--json']);
  expect({ exitCode: refused.exitCode, code: (JSON.parse(refused.stdout) as { failure: Failure }).failure.code }).toEqual({
    exitCode: 2,
    code: 'cloud-not-permitted',
  });
  const inCi = await stage.cli(['clone', '--yes', '--json'], { env: { CI: 'true' } });
  expect((JSON.parse(inCi.stdout) as { failure: Failure }).failure.code).toBe('cloud-not-permitted');
  expect(stage.azure.changes).toEqual([]);
});

test('a moment of production is cloned through a server of our own, and nothing of that is left, nor a secret anywhere', async () => {
  stage.azure.servers.circumstances.firewall = 'enforced';
  const seen = new Set<string>();
  const { exitCode, stderr } = await stage.cli(['clone', '--yes', '--account', FakeAzure.subscription], {
    env: { CI: 'true' },
    during: (child) => child.stderr?.on('data', () => commandLines().forEach((line) => void seen.add(line))),
  });
  stage.azure.servers.circumstances.firewall = 'open';
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const [name = ''] = readdirSync(join(stage.folder, 'dump'));
  const manifest = JSON.parse(readFileSync(join(stage.folder, 'dump', name, 'manifest.json'), 'utf8')) as DumpManifest;
  expect(manifest.tables.map(({ table, rows }) => [table, rows])).toEqual([['customers', 1000]]);
  expect(manifest.facts).toMatchObject({ kind: 'azure', serverVersion: '15.18', database: 'shop' });
  expect(stage.left()).toEqual([]);
  expect(stage.azure.changes.map(({ operation }) => operation)).toEqual([
    'Servers_CreateOrUpdate',
    'FirewallRules_CreateOrUpdate',
    'Servers_Update',
    'Servers_Delete',
  ]);
  const update = stage.azure.calls.find(({ operation }) => operation === 'Servers_Update')?.body as
    | { properties: { administratorLoginPassword: string } }
    | undefined;
  for (const secret of [update?.properties.administratorLoginPassword ?? '', productionPassword, stage.azure.environment.AZURE_CLIENT_SECRET ?? '']) {
    expect(secret.length).toBeGreaterThan(20);
    expect([...seen].filter((line) => line.includes(secret))).toEqual([]);
    expect([...inFiles(stage.folder, secret), ...inFiles(stage.home, secret)]).toEqual([]);
    expect(stderr).not.toContain(secret);
  }
});

test('what was cloned can be loaded, with Azure’s roles and grants, and is what production holds', async () => {
  const loaded = await stage.cli(['load', '--name', 'copy', '--json']);
  expect({ exitCode: loaded.exitCode, stderr: loaded.stderr }).toMatchObject({ exitCode: 0 });
  const ask = async (sql: string) => (await stage.cli(['exec', '--name', 'copy', '--', 'psql', '-Atc', sql])).stdout.trim();
  const digest = "select md5(string_agg(c::text, ',' order by id)) as answer from public.customers c";
  expect(await ask(digest)).toBe((await stage.production.server?.ask(digest, [], 'shop', 'dba'))?.[0]?.answer);
  expect(await ask("select has_table_privilege('reporting', 'public.customers', 'select'), convert_from(lo_get(4711), 'utf8')")).toBe('t|large');
  expect(await ask("select string_agg(extname, ',' order by extname) from pg_extension")).toContain('pg_trgm');
  expect((await stage.cli(['drop', 'copy'])).exitCode).toBe(0);
});

test('a server that can’t be deleted is told, makes exit code 5, is shown by clones, and is removed by gc', async () => {
  stage.azure.servers.circumstances.lockedGroups.add('production');
  const cloned = await stage.cli(['clone', '--yes']);
  expect({ exitCode: cloned.exitCode, stderr: cloned.stderr }).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('ScopeLocked') });
  const [name = ''] = stage.left();
  const listed = await stage.cli(['clones', '--json']);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ kind: 'throwaway', identifier: name, status: 'Ready', region: 'westeurope' }]);
  const unpriced = await stage.cli(['clones']);
  expect(unpriced.stdout).toMatch(new RegExp(`^${name} +Ready +[\\d.]+ h +not known +- `, 'm'));
  expect(unpriced.stderr).toContain('Cost: no price is known of Standard_D2ds_v5 in westeurope: name it in source.azure.prices, in US dollars an hour.');
  stage.configure({ prices: { Standard_d2ds_V5: 0.21 } });
  expect((await stage.cli(['clones'])).stdout).toMatch(new RegExp(`^${name} .* \\$0\\.21, as configured +(?:under )?\\$0\\.\\d\\d `, 'm'));
  stage.configure({});
  expect((await stage.cli(['gc'])).exitCode).toBe(5);
  stage.azure.servers.circumstances.lockedGroups.clear();
  const collected = await stage.cli(['gc']);
  expect({ exitCode: collected.exitCode, left: stage.left() }).toEqual({ exitCode: 0, left: [] });
});

test('what another machine left is only told of, until it is adopted', async () => {
  const foreign = { 'pgrehearse:run': 'r-1', 'pgrehearse:owner': 'somebody@elsewhere', 'pgrehearse:delete-after': '2026-01-01T00:00:00.000Z' };
  stage.azure.servers.circumstances.wordsOnly = true;
  await stage.azure.servers.add({ name: 'pgrehearse-shop-20260101000000-abcdef', major: 15, login: 'dba', password: 'x', tags: foreign });
  await stage.azure.servers.add({ name: 'pgrehearse-somebodys-own', major: 15, login: 'dba', password: 'x' });
  stage.azure.servers.circumstances.wordsOnly = false;
  expect((await stage.cli(['gc'])).stdout).toMatch(/Stays: throwaway pgrehearse-shop-20260101000000-abcdef .*somebody@elsewhere.*--adopt/);
  const adopted = await stage.cli(['gc', '--adopt', 'expired']);
  expect({ exitCode: adopted.exitCode, left: stage.left() }).toEqual({ exitCode: 0, left: ['pgrehearse-somebodys-own'] });
  stage.azure.servers.all.delete('pgrehearse-somebodys-own');
});

test('doctor looks at subscription, server and client, and restores nothing', async () => {
  const changes = stage.azure.changes.length;
  const found = async () =>
    Object.fromEntries(
      (JSON.parse((await stage.cli(['doctor', '--json'])).stdout) as { what: string; failure?: Failure }[]).map(({ what, failure }) => [
        what,
        failure?.code ?? 'ok',
      ]),
    );
  expect(await found()).toMatchObject({ cloud: 'ok', server: 'ok', client: 'ok', permission: 'ok' });
  stage.configure({ tenant: '99999999-2222-3333-4444-555555555555' });
  expect(await found()).toMatchObject({ cloud: 'cloud-wrong-account' });
  stage.configure({ server: 'shpo' });
  expect(await found()).toMatchObject({ cloud: 'ok', server: 'cloud-not-found' });
  stage.configure({});
  expect(stage.azure.changes).toHaveLength(changes);
});

test.each(['public', 'in a subnet, behind ssh'] as const)('a server that knows its new password later than Azure says so is waited for: %s', async (where) => {
  await using sshd = await startSshd();
  const { circumstances } = stage.azure.servers;
  const { network } = stage.production;
  const isPrivate = where !== 'public';
  if (isPrivate) {
    const subnet = { delegatedSubnetResourceId: '/subscriptions/s/subnets/own', privateDnsZoneArmResourceId: '/subscriptions/s/privateDnsZones/own' };
    Object.assign(stage.production, { network: subnet });
    stage.configure({ allowFrom: undefined, tunnel: { ssh: { host: 'bastion', configFile: sshd.configFile('project') } } });
  }
  const learnt = Promise.withResolvers<void>();
  circumstances.passwordHolds = learnt.promise;
  const { exitCode, stderr } = await stage.cli(['clone', '--yes'], {
    during: (child, output) =>
      child.stderr?.on('data', () => {
        if (output().includes('doesn’t know the new password yet')) learnt.resolve();
      }),
  });
  learnt.resolve();
  circumstances.passwordHolds = undefined;
  Object.assign(stage.production, { network });
  stage.configure({});
  expect({ exitCode, stderr, left: stage.left() }).toEqual({ exitCode: 0, stderr: expect.stringContaining('doesn’t know the new password yet'), left: [] });
  expect(readFileSync(join(sshd.folder, 'log'), 'utf8').includes('Accepted publickey')).toBe(isPrivate);
});
