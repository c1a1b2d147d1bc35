import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { freePort } from '../support/own-server.ts';
import { untilTrue } from '../support/until-true.ts';

const run = promisify(execFile);
let aws: FakeAws;

beforeAll(async () => {
  aws = await FakeAws.start();
  const production = await aws.rds.addInstance({
    id: 'prod',
    account: FakeAws.account,
    region: FakeAws.region,
    major: 15,
    master: 'owner',
    password: 'of production',
  });
  await production.server?.ask('create table public.customers as select n as id from generate_series(1, 1000) n');
  await aws.rds.addSnapshot(production, 'rds:prod-2026-01-01-03-00', { createdAt: new Date('2026-01-01T03:00:00Z') });
});
afterAll(() => aws[Symbol.asyncDispose]());

/** An independent client: Debian's, or whichever awscli is first on PATH. */
async function cli(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run('aws', [...args, '--output', 'json'], { env: { PATH: process.env.PATH, HOME: '/nonexistent', ...aws.environment } });
  return stdout === '' ? {} : JSON.parse(stdout);
}

async function log(port: number, password: string): Promise<string> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'owner', password, database: 'postgres', ssl: { rejectUnauthorized: false } });
  try {
    await client.connect();
    return String((await client.query('select count(*) from public.customers')).rows[0].count);
  } catch (error) {
    return String((error as { code?: string }).code);
  } finally {
    await client.end().catch(() => {});
  }
}

test('awscli restores a snapshot, gets in with a new password and deletes the instance', async () => {
  expect(await cli('sts', 'get-caller-identity')).toMatchObject({ Account: FakeAws.account });
  const { DBSnapshots } = (await cli('rds', 'describe-db-snapshots', '--db-instance-identifier', 'prod')) as {
    DBSnapshots: { DBSnapshotIdentifier: string }[];
  };
  const id = DBSnapshots[0]?.DBSnapshotIdentifier ?? '';
  const tags = ['--tags', 'Key=pgrehearse:run,Value=r1'];
  const made = await cli(
    'rds',
    'restore-db-instance-from-db-snapshot',
    '--db-instance-identifier',
    'copy',
    '--db-snapshot-identifier',
    id,
    '--db-instance-class',
    'db.t4g.small',
    ...tags,
  );
  expect(made).toMatchObject({ DBInstance: { DBInstanceStatus: 'creating', TagList: [{ Key: 'pgrehearse:run', Value: 'r1' }] } });
  const seen: string[] = [];
  const look = async () => {
    const { DBInstances } = (await cli('rds', 'describe-db-instances', '--db-instance-identifier', 'copy')) as {
      DBInstances: { DBInstanceStatus: string; Endpoint?: { Address: string; Port: number } }[];
    };
    seen.push(DBInstances[0]?.DBInstanceStatus ?? '');
    return DBInstances[0];
  };
  let endpoint: { Address: string; Port: number } | undefined;
  while (seen.at(-1) !== 'available') endpoint = (await look())?.Endpoint ?? endpoint;
  expect(seen).toEqual(['creating', 'modifying', 'backing-up', 'available']);
  const port = aws.rds.resolve(endpoint?.Address ?? '', endpoint?.Port ?? 0) ?? 0;
  expect(await log(port, 'of production')).toBe('1000');
  await cli('rds', 'modify-db-instance', '--db-instance-identifier', 'copy', '--master-user-password', 'another-one', '--apply-immediately');
  seen.length = 0;
  do await look();
  while (seen.length < 4);
  expect(seen).toEqual(['available', 'resetting-master-credentials', 'configuring-enhanced-monitoring', 'available']);
  expect([await log(port, 'of production'), await log(port, 'another-one')]).toEqual(['28P01', '1000']);
  await cli('rds', 'delete-db-instance', '--db-instance-identifier', 'copy', '--skip-final-snapshot');
  await expect(cli('rds', 'delete-db-instance', '--db-instance-identifier', 'copy', '--skip-final-snapshot')).rejects.toThrow('InvalidDBInstanceState');
  expect((await look())?.Endpoint).toBeDefined();
  await expect(look()).rejects.toThrow('DBInstanceNotFound');
  expect(await log(port, 'another-one')).toBe('ECONNREFUSED');
  expect(aws.changes.map(({ action }) => action)).toEqual(['RestoreDBInstanceFromDBSnapshot', 'ModifyDBInstance', 'DeleteDBInstance', 'DeleteDBInstance']);
});

test('awscli finds a bastion and forwards a port through its plugin to the private endpoint', async () => {
  aws.ec2.machines.push(
    { id: 'i-1', region: FakeAws.region, state: 'running', tags: { role: 'bastion' }, agent: { version: '3.3.2299.0', status: 'Online' } },
    { id: 'i-2', region: FakeAws.region, state: 'stopped', tags: { role: 'bastion' } },
  );
  const found = await cli('ec2', 'describe-instances', '--filters', 'Name=tag:role,Values=bastion', 'Name=instance-state-name,Values=running');
  expect(found).toMatchObject({ Reservations: [{ Instances: [{ InstanceId: 'i-1', State: { Name: 'running' } }] }] });
  const production = aws.rds.instances.get('prod');
  const host = `prod.c0ffee.${FakeAws.region}.rds.amazonaws.com`;
  const local = await freePort();
  const document = ['--document-name', 'AWS-StartPortForwardingSessionToRemoteHost'];
  const parameters = ['--parameters', `host=${host},portNumber=${production?.server?.port},localPortNumber=${local}`];
  const child = spawn('aws', ['ssm', 'start-session', '--target', 'i-1', ...document, ...parameters], {
    env: { ...aws.programEnvironment, HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // awscli leaves signals to its plugin, as in a terminal: both have to get them.
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  try {
    await untilTrue('the plugin listens', () => {
      if (child.exitCode !== null) throw new Error(said);
      return Promise.resolve(said.includes('Waiting for connections...'));
    });
    expect(await log(local, 'of production')).toBe('1000');
    expect(said).toContain('Connection accepted for session');
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    await ended;
  }
  await untilTrue('the session is over', () => Promise.resolve(aws.ssm.sessions.size === 0));
  const stopped = cli('ssm', 'start-session', '--target', 'i-2', ...document, ...parameters);
  await expect(stopped).rejects.toThrow('TargetNotConnected');
});

test('a wrong secret, expired credentials and another region are refused, secrets are told', async () => {
  aws.secrets.set('shop/owner', 'of production');
  aws.ssm.parameters.set('/shop/owner', 'of production');
  expect(await cli('secretsmanager', 'get-secret-value', '--secret-id', 'shop/owner')).toMatchObject({ SecretString: 'of production' });
  expect(await cli('ssm', 'get-parameter', '--name', '/shop/owner', '--with-decryption')).toMatchObject({ Parameter: { Value: 'of production' } });
  await expect(cli('rds', 'describe-db-instances', '--db-instance-identifier', 'prod', '--region', 'eu-west-1')).rejects.toThrow('DBInstanceNotFound');
  const [identity] = aws.identities;
  if (identity === undefined) throw new Error('nobody may call');
  aws.identities[0] = { ...identity, expired: true };
  await expect(cli('rds', 'describe-db-instances')).rejects.toThrow('ExpiredToken');
  // The client goes on to sign with the old one.
  const { environment } = aws;
  aws.identities[0] = { ...identity, secretAccessKey: 'another' };
  const wrong = run('aws', ['sts', 'get-caller-identity'], { env: { PATH: process.env.PATH, HOME: '/nonexistent', ...environment } });
  await expect(wrong).rejects.toThrow('SignatureDoesNotMatch');
});
