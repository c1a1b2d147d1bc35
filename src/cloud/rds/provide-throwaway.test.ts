import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudProduction, cloudWish, startCloud } from '../../../test/support/cloud-production.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { type OwnedThrowaway, provideThrowaway } from './provide-throwaway.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud();
  await cloud.production.server?.ask('create table public.customer as select n as id from generate_series(1, 1000) n');
  await cloud.aws.rds.addSnapshot(cloud.production, cloud.snapshot.id, { createdAt: cloud.snapshot.createdAt });
  // The one with the table in it.
  Object.assign(cloud.snapshot, cloud.aws.rds.snapshots.get(cloud.snapshot.arn));
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

const actions = () => cloud.aws.changes.map(({ action }) => action);
const paramsOf = (action: string) => cloud.aws.calls.find((call) => call.action === action)?.params;

async function count({ endpoint, user, password, database }: OwnedThrowaway, secret = password.reveal()): Promise<string> {
  const port = cloud.aws.rds.resolve(endpoint.host, endpoint.port);
  if (port === undefined) throw new Error(`no server at ${endpoint.host}:${endpoint.port}`);
  const client = new pg.Client({ host: '127.0.0.1', port, user, password: secret, database, ssl: { rejectUnauthorized: false } });
  try {
    await client.connect();
    return String((await client.query('select count(*) from public.customer')).rows[0].count);
  } catch (error) {
    return String((error as { code?: string }).code);
  } finally {
    await client.end().catch(() => {});
  }
}

test('last night’s snapshot is restored in production’s network, with a password that only we know, and nothing stays', async () => {
  await withContext(async (context) => {
    const throwaway = unwrap(await provideThrowaway(context, cloudWish()));
    expect(throwaway.identifier).toMatch(/^pgrehearse-production-\d{14}$/);
    expect([await count(throwaway), await count(throwaway, 'of production')]).toEqual(['1000', '28P01']);
    expect(throwaway).toMatchObject({
      database: 'postgres',
      user: 'owner',
      dataAsOf: cloud.snapshot.createdAt.toISOString(),
      restoredFrom: `snapshot ${cloud.snapshot.id}`,
    });
    expect(paramsOf('RestoreDBInstanceFromDBSnapshot')).toMatchObject({
      DBSubnetGroupName: 'production',
      VpcSecurityGroupIds: ['sg-1', 'sg-2'],
      DBParameterGroupName: 'production-pg',
      DBInstanceClass: 'db.t4g.small',
      StorageType: 'gp3',
      MultiAZ: 'false',
      PubliclyAccessible: 'false',
      DeletionProtection: 'false',
      BackupRetentionPeriod: '0',
    });
    const tags = cloud.aws.rds.instances.get(throwaway.identifier)?.tags ?? new Map();
    expect([...tags.keys()].toSorted()).toEqual(['created', 'delete-after', 'line', 'owner', 'run', 'source'].map((name) => `pgrehearse:${name}`));
    const [line] = await context.ledger.list();
    expect(line).toMatchObject({
      kind: 'throwaway',
      label: throwaway.identifier,
      kept: false,
      id: tags.get('pgrehearse:line'),
      facts: { run: tags.get('pgrehearse:run'), made: 'yes' },
    });
    expect(unwrap(await throwaway.remove())).toBeUndefined();
    expect(actions()).toEqual(['RestoreDBInstanceFromDBSnapshot', 'ModifyDBInstance', 'DeleteDBInstance']);
    expect(paramsOf('DeleteDBInstance')).toMatchObject({ SkipFinalSnapshot: 'true' });
    const written = JSON.stringify([context.events, line]);
    expect(written).not.toContain(throwaway.password.reveal());
    expect(context.events.flatMap((event) => (event.type === 'resource' ? [`${event.what} ${event.resource.kind}`] : []))).toEqual([
      'planned throwaway',
      'made throwaway',
      'removed throwaway',
    ]);
    expect(context.events.flatMap((event) => (event.type === 'step' ? [event.text] : []))).toContain(`instance ${throwaway.identifier} is creating`);
  });
});

test('where no snapshot is young enough, one is taken, told, and deleted with the server', async () => {
  cloud.production.multiAz = false;
  await withContext(async (context) => {
    const throwaway = unwrap(await provideThrowaway(context, cloudWish({ snapshot: { freshnessHours: 2 } })));
    expect(await count(throwaway)).toBe('1000');
    expect(Date.now() - Date.parse(throwaway.dataAsOf)).toBeLessThan(60_000);
    expect(context.events.find((event) => event.type === 'step' && event.text.includes('one zone only'))).toBeDefined();
    await throwaway[Symbol.asyncDispose]();
    expect(actions()).toEqual(['CreateDBSnapshot', 'RestoreDBInstanceFromDBSnapshot', 'ModifyDBInstance', 'DeleteDBInstance', 'DeleteDBSnapshot']);
  });
});
