import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DumpManifest } from '../../src/core/dump-manifest.ts';
import { type CloudStage, cloudProject, inFiles } from '../program/cloud-stage.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const ofProduction = 'canary-of-the-cluster';
const aurora = {
  cluster: 'shop',
  account: FakeAws.account,
  region: FakeAws.region,
  pollSeconds: 0.05,
  tunnel: { ssm: { tag: { name: 'role', value: 'bastion' } } },
  tlsRootCertificate: cloudAuthority,
};
let stage: CloudStage;
beforeAll(async () => {
  stage = await cloudProject({}, { traffic: { enabled: false }, interruptions: { enabled: false } });
  const given = { account: FakeAws.account, region: FakeAws.region, major: 15, master: 'owner', password: ofProduction } as const;
  const cluster = await stage.aws.rds.addCluster({ id: 'shop', ...given });
  const script =
    'create table public.orders (id int primary key, note text not null); insert into public.orders select n, n::text from generate_series(1, 777) n;';
  await cluster.server?.ask(script, [], 'postgres', 'owner');
});
afterEach(() => {
  stage.aws.fault = () => undefined;
});
afterAll(() => stage[Symbol.asyncDispose]());

const left = () => {
  const { instances, clusters, snapshots, clusterSnapshots } = stage.aws.rds;
  const names = [instances, clusters, snapshots, clusterSnapshots].flatMap((all) => [...all.values()].map(({ id }) => id));
  return [...names.filter((name) => name.startsWith('pgrehearse-')), ...stage.aws.ssm.sessions.keys()];
};
const manifests = () =>
  readdirSync(join(stage.folder, 'dump')).map((name) => JSON.parse(readFileSync(join(stage.folder, 'dump', name, 'manifest.json'), 'utf8')) as DumpManifest);
const changes = () => stage.aws.changes.map(({ action }) => action);
const begin = (snapshot?: object, more?: object) => {
  stage.configure({ source: { aurora: { ...aurora, ...(snapshot === undefined ? {} : { snapshot }), ...more } } });
  stage.aws.calls.length = 0;
};

test('--dry-run and doctor tell what would be done, and change nothing; nobody who hasn’t agreed has anything made', async () => {
  begin();
  const planned = await stage.cli(['clone', '--dry-run']);
  expect(planned).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Clone shop by copy-on-write as the cluster pgrehearse-shop-\d{14}/) });
  expect(planned.stdout).toContain('Cost:       about $0.26 an hour for db.r6g.large, by us-east-1’s list price: that of eu-central-1 isn’t known here');
  expect(planned.stdout).toContain('storage that changes and I/O come on top');
  begin(undefined, { classes: ['db.t4g.large', 'db.m6g.large'], prices: { 'db.t4g.large': 0.17, 'db.t4g.lrage': 0.2 } });
  const priced = await stage.cli(['clone', '--dry-run']);
  expect(priced.stdout).toContain('Cost:       about $0.17 an hour for db.t4g.large, as source.aurora.prices has it');
  expect(priced.stdout).toContain('            no price is known of db.m6g.large in eu-central-1: name it in source.aurora.prices, in US dollars an hour');
  expect(priced.stdout).toContain('Warning:    source.aurora.prices names db.t4g.lrage, which isn’t tried');
  const { plan } = JSON.parse((await stage.cli(['clone', '--dry-run', '--json', '--instance-class', 'db.t4g.large'])).stdout) as {
    plan: { prices: object[]; warnings: string[] };
  };
  expect(plan.prices).toEqual([{ instanceClass: 'db.t4g.large', costPerHour: 0.17, priceFrom: 'settings', includesDisk: false }]);
  expect(plan.warnings.join()).not.toContain('which isn’t tried');
  begin();
  const examined = JSON.parse((await stage.cli(['doctor', '--json'])).stdout) as { what: string; failure?: { code: string } }[];
  const found = Object.fromEntries(examined.map(({ what, failure }) => [what, failure?.code ?? 'ok']));
  expect(found).toMatchObject({ cloud: 'ok', clone: 'ok', client: 'ok', permission: 'ok', bastion: 'ok' });
  const policy = await stage.cli(['doctor', '--iam']);
  expect(policy.stdout).toContain('rds:RestoreDBClusterToPointInTime');
  expect(policy.stdout).not.toMatch(/rds:(?:CreateDBSnapshot|RestoreDBClusterFromSnapshot)/);
  expect(await stage.cli(['clone', '--json'])).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('cloud-not-permitted') });
  expect(stage.aws.changes).toEqual([]);
});

test('production is cloned by copy-on-write through a tunnel, the dump holds what it held, and nothing is left, nor a secret anywhere', async () => {
  begin();
  const { exitCode, stderr } = await stage.cli(['clone', '--yes']);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const [manifest] = manifests();
  expect(manifest?.tables.map(({ table, rows }) => [table, rows])).toEqual([['orders', 777]]);
  expect(manifest?.facts).toMatchObject({ kind: 'aurora', databaseOwner: 'owner', label: expect.stringContaining('clone of shop') });
  expect(changes()).toEqual([
    'RestoreDBClusterToPointInTime',
    'CreateDBInstance',
    'ModifyDBCluster',
    'StartSession',
    'TerminateSession',
    'DeleteDBInstance',
    'DeleteDBCluster',
  ]);
  expect({ left: left(), ledger: stage.ledgerKinds() }).toEqual({ left: [], ledger: ['dump'] });
  const password = stage.aws.calls.map(({ params }) => params.MasterUserPassword).find((given) => typeof given === 'string') as string;
  for (const secret of [password, ofProduction]) {
    expect([...inFiles(stage.folder, secret), ...inFiles(stage.home, secret)]).toEqual([]);
    expect(stderr).not.toContain(secret);
  }
});

test('a snapshot of the cluster is taken, restored, read and deleted', async () => {
  begin({ take: true });
  expect(await stage.cli(['clone', '--yes', '--fresh-snapshot'])).toMatchObject({ exitCode: 0 });
  expect(manifests().map(({ facts }) => facts.label)).toContainEqual(expect.stringMatching(/cluster snapshot pgrehearse-shop-\d{14}/));
  expect(changes().filter((action) => action.includes('Snapshot'))).toEqual([
    'CreateDBClusterSnapshot',
    'RestoreDBClusterFromSnapshot',
    'DeleteDBClusterSnapshot',
  ]);
  expect({ left: left(), ledger: stage.ledgerKinds().filter((kind) => kind !== 'dump') }).toEqual({ left: [], ledger: [] });
});

test('a run rehearses on a clone of Aurora, which is gone when the run ends', async () => {
  writeFileSync(join(stage.folder, 'migrations/0001_name.sql'), 'alter table public.orders add column name text;');
  begin();
  const ran = await stage.cli(['run', '--yes']);
  // Nothing is in the repo that makes the table, so that the schema can't be compared.
  expect(ran).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('1 table has production’s rows; schema and roles are production’s.') });
  expect(changes().filter((action) => action.startsWith('DeleteDB'))).toEqual(['DeleteDBInstance', 'DeleteDBCluster']);
  expect(left()).toEqual([]);
});

test('an instance that can’t be deleted keeps its cluster; both are told, make exit code 5, are shown by clones with what they cost, and removed by gc', async () => {
  begin(undefined, { prices: { 'db.r6g.large': 0.31 } });
  stage.aws.fault = ({ action }) =>
    action === 'DeleteDBInstance' ? { what: 'error', code: 'AccessDenied', message: 'not authorized', status: 403 } : undefined;
  const cloned = await stage.cli(['clone', '--yes']);
  expect(cloned).toMatchObject({ exitCode: 5, stderr: expect.stringMatching(/throwaway pgrehearse-shop-\d{14}.* could not be removed/) });
  expect(stage.ledgerKinds().filter((kind) => kind === 'throwaway')).toHaveLength(2);
  const listed = JSON.parse((await stage.cli(['clones', '--json'])).stdout) as { kind: string; status?: string }[];
  expect(listed.filter(({ kind }) => kind === 'throwaway')).toMatchObject([{ status: 'available' }, { status: 'available' }]);
  const instances = (given: readonly object[]) => given.filter((one) => 'instanceClass' in one);
  expect(instances(listed)).toMatchObject([
    { cloud: 'aurora', instanceClass: 'db.r6g.large', costPerHour: 0.31, priceFrom: 'settings', costSoFar: expect.any(Number) },
  ]);
  // Neither this folder's configuration knows a price, nor another machine's its ledger.
  begin();
  const elsewhere = makeFolder('pgr-other-home-');
  chmodSync(elsewhere, 0o711);
  for (const PGREHEARSE_HOME of [stage.home, elsewhere]) {
    const told = await stage.cli(['clones'], { env: { PGREHEARSE_HOME } });
    expect(told).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ h +\$0\.31, as configured +(?:under )?\$0\.\d\d /) });
  }
  rmSync(elsewhere, { recursive: true });
  expect(await stage.cli(['gc'])).toMatchObject({ exitCode: 5 });
  stage.aws.fault = () => undefined;
  expect(await stage.cli(['gc'])).toMatchObject({ exitCode: 0 });
  expect(left()).toEqual([]);
});
