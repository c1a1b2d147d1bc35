import { readFileSync } from 'node:fs';
import * as sdk from '@aws-sdk/client-rds';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import type { NamedError } from '../support/fake-aws/named-errors.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import type { Instance } from '../support/fake-aws/rds/resources.ts';

let aws: FakeAws;
let rds: sdk.RDSClient;
let production: Instance;
const { account, region } = FakeAws;
const tags = [{ Key: 'pgrehearse:run', Value: 'r1' }];

beforeAll(async () => {
  aws = await FakeAws.start();
  const [identity] = aws.identities;
  rds = new sdk.RDSClient({
    endpoint: aws.url,
    region,
    credentials: { accessKeyId: identity?.accessKeyId ?? '', secretAccessKey: identity?.secretAccessKey ?? '' },
    maxAttempts: 1,
  });
  production = await aws.rds.addInstance({ id: 'prod', account, region, major: 18, master: 'postgres', password: 'of-production', databaseName: 'shop' });
  await production.server?.ask('create table public.orders as select n as id from generate_series(1, 10) n', [], 'shop', 'postgres');
  await aws.rds.addSnapshot(production, 'nightly', { type: 'manual' });
});
afterAll(async () => {
  rds.destroy();
  await aws[Symbol.asyncDispose]();
});
beforeEach(() => {
  Object.assign(aws.rds.circumstances, { restoredAs: 'available', stuckIn: undefined });
});

/** The service's own code of what it refuses. */
async function refusal(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'done',
    (error: { name: string; Code?: string }) => error.name,
  );
}

const restore = (id: string, more: Partial<sdk.RestoreDBInstanceFromDBSnapshotCommandInput> = {}) =>
  rds.send(
    new sdk.RestoreDBInstanceFromDBSnapshotCommand({
      DBInstanceIdentifier: id,
      DBSnapshotIdentifier: 'nightly',
      DBInstanceClass: 'db.t4g.micro',
      Tags: tags,
      ...more,
    }),
  );
const remove = (id: string) => rds.send(new sdk.DeleteDBInstanceCommand({ DBInstanceIdentifier: id, SkipFinalSnapshot: true }));

async function statesOf(id: string): Promise<{ states: string[]; last: sdk.DBInstance | undefined }> {
  const states: string[] = [];
  let last: sdk.DBInstance | undefined;
  for (let asked = 0; asked < 12; asked++) {
    const described = await rds.send(new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: id })).catch(() => undefined);
    if (described === undefined) return { states: [...states, 'gone'], last };
    last = described.DBInstances?.[0];
    const { DBInstanceStatus = '' } = last ?? {};
    if (states.at(-1) === DBInstanceStatus) break;
    states.push(DBInstanceStatus);
  }
  return { states, last };
}

async function statesOfCluster(id: string): Promise<string[]> {
  const states: string[] = [];
  for (let asked = 0; asked < 8; asked++) {
    const described = await rds.send(new sdk.DescribeDBClustersCommand({ DBClusterIdentifier: id })).catch(() => undefined);
    if (described === undefined) return [...states, 'gone'];
    states.push(described.DBClusters?.[0]?.Status ?? '');
  }
  return states;
}

/** Logs in as a client does that comes through a tunnel: to 127.0.0.1, with the endpoint's name to be proven. */
async function ask(port: number, servername: string, password: string, sql: string, user = 'postgres', database = 'shop'): Promise<unknown> {
  const ssl = { ca: readFileSync(cloudAuthority, 'utf8'), servername };
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database, ssl });
  try {
    await client.connect();
    return (await client.query(sql)).rows[0]?.answer;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await client.end().catch(() => {});
  }
}

test('a master is no superuser, keeps out of the cloud’s own, and proves its server’s name', async () => {
  const port = production.server?.port ?? 0;
  const host = `prod.c0ffee.${region}.rds.amazonaws.com`;
  expect(await ask(port, host, 'of-production', `select rolsuper as answer from pg_roles where rolname = current_user`)).toBe(false);
  expect(await ask(port, host, 'of-production', 'select count(*)::int as answer from public.orders')).toBe(10);
  const trigger = `create function f() returns event_trigger language plpgsql as 'begin end'; create event trigger t on ddl_command_start execute function f()`;
  expect(await ask(port, host, 'of-production', trigger)).toBe('42501');
  expect(await ask(port, host, 'of-production', 'select 1', 'postgres', 'rdsadmin')).toBe('28000');
  expect(await ask(port, host, 'of-production', 'select 1', 'rdsadmin')).toBe('28000');
  expect(await ask(port, `prod.c0ffee.${region}.elsewhere.example`, 'of-production', 'select 1')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('every refusal that can be ordered comes as the SDK names it', async () => {
  const restoring: NamedError[] = [
    'InstanceQuotaExceeded',
    'StorageQuotaExceeded',
    'InsufficientDBInstanceCapacity',
    'StorageTypeNotSupported',
    'KMSKeyNotAccessibleFault',
    'InvalidVPCNetworkStateFault',
    'InvalidSubnet',
    'DBSubnetGroupDoesNotCoverEnoughAZs',
    'DBSubnetGroupNotFoundFault',
    'InvalidRestoreFault',
    'VpcEncryptionControlViolationException',
    'Throttling',
    'AccessDenied',
    'InternalFailure',
  ];
  for (const name of restoring) {
    aws.next('RestoreDBInstanceFromDBSnapshot', name);
    const told = await refusal(restore('never'));
    expect([name, `${name}Fault`]).toContain(told);
  }
  expect(aws.rds.instances.has('never')).toBe(false);
});

test('circumstances refuse by themselves: quotas, keys, networks, names, capacity, classes', async () => {
  const { circumstances } = aws.rds;
  circumstances.noCapacity.add('db.full');
  circumstances.unsupportedStorage.add('db.t3.micro gp3');
  circumstances.forbiddenKeys.add('arn:aws:kms:k');
  circumstances.subnetGroups.set('shrunk', 'InvalidVPCNetworkStateFault');
  await aws.rds.addSnapshot(production, 'encrypted', {
    type: 'shared',
    account: '999988887777',
    of: { ...(await aws.rds.addSnapshot(production, 'x')).of, encrypted: true, kmsKeyId: 'arn:aws:kms:k' },
  });
  const foreign = `arn:aws:rds:${region}:999988887777:snapshot:encrypted`;
  expect(await refusal(restore('a', { DBInstanceClass: 'db.full' }))).toBe('InsufficientDBInstanceCapacityFault');
  expect(await refusal(restore('a', { DBInstanceClass: 'db.t3.micro', StorageType: 'gp3' }))).toBe('StorageTypeNotSupportedFault');
  expect(await refusal(restore('a', { DBSnapshotIdentifier: foreign }))).toBe('KMSKeyNotAccessibleFault');
  expect(await refusal(restore('a', { DBSnapshotIdentifier: 'encrypted' }))).toBe('DBSnapshotNotFoundFault');
  expect(await refusal(restore('a', { DBSubnetGroupName: 'shrunk' }))).toBe('InvalidVPCNetworkStateFault');
  expect(await refusal(restore('a', { DBSubnetGroupName: 'none' }))).toBe('DBSubnetGroupNotFoundFault');
  expect(await refusal(restore('a', { DBParameterGroupName: 'none' }))).toBe('DBParameterGroupNotFoundFault');
  expect(await refusal(restore('a', { Tags: [{ Key: 'owner', Value: 'someone (here)' }] }))).toBe('InvalidParameterValue');
  expect(await refusal(restore('two--hyphens'))).toBe('InvalidParameterValue');
  expect(await refusal(restore('prod'))).toBe('DBInstanceAlreadyExistsFault');
  circumstances.storageQuotaGb = 150;
  expect(await refusal(restore('a'))).toBe('StorageQuotaExceededFault');
  circumstances.storageQuotaGb = 100_000;
  // Somebody else's are told only where they are asked for, and go by their ARN.
  const list = async (SnapshotType?: string) =>
    (await rds.send(new sdk.DescribeDBSnapshotsCommand({ SnapshotType }))).DBSnapshots?.map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier);
  expect([await list(), await list('shared'), await list('awsbackup')]).toEqual([['nightly', 'x'], [foreign], []]);
});

test('pages, filters, and parameters that the model does not have', async () => {
  const { circumstances } = aws.rds;
  circumstances.pageSize = 1;
  const paged: (string | undefined)[] = [];
  for await (const { DBSnapshots = [] } of sdk.paginateDescribeDBSnapshots({ client: rds }, {})) {
    paged.push(...DBSnapshots.map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier));
  }
  circumstances.pageSize = 100;
  expect(paged).toEqual(['nightly', 'x']);
  const filtered = (Name: string, value: string) => rds.send(new sdk.DescribeDBInstancesCommand({ Filters: [{ Name, Values: [value] }] }));
  expect((await filtered('engine', 'aurora-postgresql')).DBInstances).toEqual([]);
  expect((await filtered('db-instance-id', 'prod')).DBInstances?.length).toBe(1);
  expect(await refusal(filtered('tag:owner', 'me'))).toBe('InvalidParameterValue');
  expect(await refusal(rds.send(new sdk.DescribeDBInstancesCommand({ MaxRecords: 5 })))).toBe('InvalidParameterValue');
  expect((await rds.send(new sdk.DescribeOrderableDBInstanceOptionsCommand({ Engine: 'postgres' }))).OrderableDBInstanceOptions?.length).toBeGreaterThan(3);
});

test('a lost answer was done, a stuck state stays until it goes on, and a failed restore can be deleted', async () => {
  aws.next('RestoreDBInstanceFromDBSnapshot', { what: 'lose' });
  aws.rds.circumstances.stuckIn = 'backing-up';
  expect(await refusal(restore('lost'))).not.toBe('done');
  expect((await statesOf('lost')).states).toEqual(['creating', 'modifying', 'backing-up']);
  expect(await refusal(remove('lost'))).toBe('InvalidDBInstanceStateFault');
  aws.rds.instances.get('lost')?.life.goOn();
  expect((await statesOf('lost')).states).toEqual(['backing-up', 'available']);
  await remove('lost');
  expect(await refusal(remove('lost'))).toBe('InvalidDBInstanceStateFault');
  for (const restoredAs of ['incompatible-restore', 'incompatible-network', 'inaccessible-encryption-credentials', 'storage-full', 'restore-error'] as const) {
    aws.rds.circumstances.stuckIn = undefined;
    aws.rds.circumstances.restoredAs = restoredAs;
    await restore(restoredAs);
    expect((await statesOf(restoredAs)).states).toEqual(['creating', restoredAs]);
    const keeping = new sdk.DeleteDBInstanceCommand({ DBInstanceIdentifier: restoredAs, FinalDBSnapshotIdentifier: 'last' });
    expect(await refusal(rds.send(keeping))).toBe('InvalidDBInstanceStateFault');
    await remove(restoredAs);
    expect((await statesOf(restoredAs)).states).toEqual(['deleting', 'gone']);
  }
});

test('a snapshot shows its progress and holds the instant of the call', async () => {
  aws.rds.circumstances.polls = 3;
  await rds.send(new sdk.CreateDBSnapshotCommand({ DBInstanceIdentifier: 'prod', DBSnapshotIdentifier: 'now', Tags: tags }));
  await production.server?.ask('insert into public.orders values (11)', [], 'shop');
  expect(await refusal(rds.send(new sdk.CreateDBSnapshotCommand({ DBInstanceIdentifier: 'prod', DBSnapshotIdentifier: 'again' })))).toBe(
    'InvalidDBInstanceStateFault',
  );
  expect(await refusal(restore('early', { DBSnapshotIdentifier: 'now' }))).toBe('InvalidDBSnapshotStateFault');
  const progress: (number | undefined)[] = [];
  for (let asked = 0; asked < 4; asked++) {
    const { DBSnapshots } = await rds.send(new sdk.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'now' }));
    progress.push(DBSnapshots?.[0]?.PercentProgress);
  }
  aws.rds.circumstances.polls = 1;
  expect(progress).toEqual([...progress].sort((left = 0, right = 0) => left - right));
  expect(progress.at(-1)).toBe(100);
  await restore('copy', { DBSnapshotIdentifier: 'now', DBSubnetGroupName: 'production', VpcSecurityGroupIds: ['sg-1', 'sg-2'] });
  const { last } = await statesOf('copy');
  expect(last?.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId)).toEqual(['sg-1', 'sg-2']);
  const { Address = '', Port = 0 } = last?.Endpoint ?? {};
  expect(aws.rds.resolve(Address, 5432)).toBe(Port);
  expect(await ask(Port, Address, 'of-production', 'select count(*)::int as answer from public.orders')).toBe(10);
  await remove('copy');
  await rds.send(new sdk.DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'now' }));
});

test('Aurora: a clone of one instant, an instance for it, a new password, and both gone in their order', async () => {
  const cluster = await aws.rds.addCluster({ id: 'sea', account, region, major: 15, master: 'postgres', password: 'of-production', databaseName: 'shop' });
  await cluster.server?.ask('create table public.orders as select n as id from generate_series(1, 7) n', [], 'shop', 'postgres');
  const clone = (more: Partial<sdk.RestoreDBClusterToPointInTimeCommandInput>) =>
    rds.send(
      new sdk.RestoreDBClusterToPointInTimeCommand({
        DBClusterIdentifier: 'clone',
        SourceDBClusterIdentifier: 'sea',
        RestoreType: 'copy-on-write',
        Tags: tags,
        ...more,
      }),
    );
  expect(await refusal(clone({}))).toBe('InvalidParameterCombination');
  expect(await refusal(clone({ RestoreToTime: new Date() }))).toBe('InvalidParameterCombination');
  expect(await refusal(clone({ SourceDBClusterIdentifier: 'none', UseLatestRestorableTime: true }))).toBe('DBClusterNotFoundFault');
  aws.next('RestoreDBClusterToPointInTime', 'DBClusterQuotaExceededFault');
  expect(await refusal(clone({ UseLatestRestorableTime: true }))).toBe('DBClusterQuotaExceededFault');
  await clone({ UseLatestRestorableTime: true, DBSubnetGroupName: 'production', VpcSecurityGroupIds: ['sg-1'] });
  expect(await refusal(clone({ UseLatestRestorableTime: true }))).toBe('DBClusterAlreadyExistsFault');
  await cluster.server?.ask('insert into public.orders values (8)', [], 'shop');
  const instance = new sdk.CreateDBInstanceCommand({
    DBInstanceIdentifier: 'clone-1',
    DBClusterIdentifier: 'clone',
    Engine: 'aurora-postgresql',
    DBInstanceClass: 'db.t4g.medium',
    Tags: tags,
  });
  expect(await refusal(rds.send(instance))).toBe('InvalidDBClusterStateFault');
  expect((await statesOfCluster('clone')).slice(0, 2)).toEqual(['creating', 'available']);
  await rds.send(instance);
  const { states, last } = await statesOf('clone-1');
  expect([states.at(-1), last?.DBClusterIdentifier]).toEqual(['available', 'clone']);
  const change = { DBClusterIdentifier: 'clone', MasterUserPassword: 'a-new-one', ApplyImmediately: true };
  expect(await refusal(rds.send(new sdk.ModifyDBInstanceCommand({ DBInstanceIdentifier: 'clone-1', MasterUserPassword: 'a-new-one' })))).toBe(
    'InvalidParameterCombination',
  );
  await rds.send(new sdk.ModifyDBClusterCommand(change));
  expect(await statesOfCluster('clone')).toContain('resetting-master-credentials');
  const { DBClusters } = await rds.send(new sdk.DescribeDBClustersCommand({ DBClusterIdentifier: 'clone' }));
  const { Endpoint: host = '', DBClusterMembers, CloneGroupId } = DBClusters?.[0] ?? {};
  expect([DBClusterMembers?.length, CloneGroupId]).toEqual([1, 'group-sea']);
  const port = aws.rds.resolve(host, 5432) ?? 0;
  expect(await ask(port, host, 'of-production', 'select 1')).toBe('28P01');
  expect(await ask(port, host, 'a-new-one', 'select count(*)::int as answer from public.orders')).toBe(7);
  const drop = () => rds.send(new sdk.DeleteDBClusterCommand({ DBClusterIdentifier: 'clone', SkipFinalSnapshot: true }));
  expect(await refusal(drop())).toBe('InvalidDBClusterStateFault');
  await remove('clone-1');
  await drop();
  expect([(await statesOf('clone-1')).states.at(-1), (await statesOfCluster('clone')).at(-1)]).toEqual(['gone', 'gone']);
  await rds.send(new sdk.CreateDBClusterSnapshotCommand({ DBClusterIdentifier: 'sea', DBClusterSnapshotIdentifier: 'tide', Tags: tags }));
  await rds.send(new sdk.DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: 'tide' }));
  const fromSnapshot = { DBClusterIdentifier: 'second', SnapshotIdentifier: 'tide', Engine: 'aurora-postgresql' };
  await rds.send(new sdk.RestoreDBClusterFromSnapshotCommand(fromSnapshot));
  expect((await statesOfCluster('second')).at(-1)).toBe('available');
  await rds.send(new sdk.DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: 'tide' }));
  await rds.send(new sdk.DeleteDBClusterCommand({ DBClusterIdentifier: 'second', SkipFinalSnapshot: true }));
  expect((await statesOfCluster('second')).at(-1)).toBe('gone');
});

test('a policy allows its calls on its resources with its tags, and nothing else', async () => {
  const [identity] = aws.identities;
  if (identity === undefined) throw new Error('nobody may call');
  const arn = (resource: string) => `arn:aws:rds:*:${account}:${resource}`;
  identity.policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['rds:Describe*'], Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['rds:RestoreDBInstanceFromDBSnapshot', 'rds:AddTagsToResource'],
        Resource: [arn('db:pgrehearse-*')],
        Condition: { StringLike: { 'aws:RequestTag/pgrehearse:run': '?*' }, 'ForAllValues:StringLike': { 'aws:TagKeys': ['pgrehearse:*'] } },
      },
      { Effect: 'Allow', Action: 'rds:restoredbinstancefromdbsnapshot', Resource: ['snapshot:*', 'subgrp:*', 'pg:*', 'og:*'].map(arn) },
      { Effect: 'Allow', Action: 'rds:DeleteDBInstance', Resource: arn('db:*'), Condition: { StringEquals: { 'aws:ResourceTag/pgrehearse:run': 'r1' } } },
      { Effect: 'Deny', Action: 'rds:*', Resource: arn('db:prod') },
    ],
  };
  try {
    const denied = async (call: Promise<unknown>) => ((await call.catch((error: Error) => error)) as { message?: string }).message;
    expect(await denied(restore('mine'))).toContain(`not authorized to perform: rds:RestoreDBInstanceFromDBSnapshot on resource: arn:aws:rds:${region}`);
    expect(await refusal(restore('pgrehearse-a', { Tags: [] }))).toBe('AccessDenied');
    expect(await refusal(restore('pgrehearse-a', { Tags: [...tags, { Key: 'other', Value: '' }] }))).toBe('AccessDenied');
    await restore('pgrehearse-a');
    await restore('pgrehearse-b', { Tags: [{ Key: 'pgrehearse:run', Value: 'r2' }] });
    expect((await statesOf('pgrehearse-a')).states.at(-1)).toBe('available');
    expect(await refusal(remove('pgrehearse-b'))).toBe('AccessDenied');
    await remove('pgrehearse-a');
    expect(await denied(remove('prod'))).toContain('with an explicit deny');
    expect(await refusal(rds.send(new sdk.ModifyDBInstanceCommand({ DBInstanceIdentifier: 'pgrehearse-b' })))).toBe('AccessDenied');
  } finally {
    delete identity.policy;
  }
});
