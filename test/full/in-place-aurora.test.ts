import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gatesOf, inPlaceProject } from '../program/in-place-stage.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';

test('a copy-on-write clone of a cluster is migrated itself, and goes with its instance; production’s cluster is as it was', async () => {
  await using stage = await inPlaceProject();
  const { aws, folder } = stage;
  const given = { account: FakeAws.account, region: FakeAws.region, major: 15, master: 'owner', password: 'canary-of-the-cluster' } as const;
  const cluster = await aws.rds.addCluster({ id: 'shop', ...given });
  await cluster.server?.ask(
    'create table public.orders (id int primary key); insert into public.orders select generate_series(1, 777)',
    [],
    'postgres',
    'owner',
  );
  writeFileSync(join(folder, 'migrations/0001_name.sql'), 'alter table public.orders add column note text;');
  writeFileSync(join(folder, 'schema.sql'), 'create table public.orders (id int primary key, note text); grant all on schema public to owner;');
  const tunnel = { ssm: { tag: { name: 'role', value: 'bastion' } } };
  const { account, region } = FakeAws;
  stage.configure({
    source: { aurora: { cluster: 'shop', account, region, allowChanges: true, pollSeconds: 0.05, tunnel, tlsRootCertificate: cloudAuthority } },
  });
  const ended = await stage.cli(['run']);
  const left = [...aws.rds.instances.keys(), ...aws.rds.clusters.keys()].filter((name) => name.includes('pgrehearse-'));
  expect({ exitCode: ended.exitCode, left, sessions: aws.ssm.sessions.size, ledger: stage.ledgerKinds() }, ended.stdout).toEqual({
    ...{ exitCode: 0, left: [], sessions: 0, ledger: [] },
  });
  expect(gatesOf(stage)).toMatchObject({ 'row-parity': 'not-applicable', 'schema-equality': 'passed', preservation: 'passed' });
  expect(aws.changes.map(({ action }) => action)).toContain('RestoreDBClusterToPointInTime');
  const columns = `select count(*)::int as columns from pg_attribute where attrelid = 'public.orders'::regclass and attnum > 0`;
  expect(await cluster.server?.ask(columns, [], 'postgres', 'owner')).toEqual([{ columns: 1 }]);
});
