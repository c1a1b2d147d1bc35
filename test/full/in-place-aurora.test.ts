import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { iamPolicy } from '../../src/cloud/iam-policy.ts';
import type { CloudStage } from '../program/cloud-stage.ts';
import { gatesOf, inPlaceProject } from '../program/in-place-stage.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import type { Cluster } from '../support/fake-aws/rds/resources.ts';

/** Production on Aurora, and a project that rehearses on a clone of it, with rights for nothing else. */
async function auroraProject(more: object = {}): Promise<CloudStage & { readonly cluster: Cluster; readonly clusters: () => readonly string[] }> {
  const stage = await inPlaceProject();
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
    ...more,
  });
  const [identity] = aws.identities;
  if (identity !== undefined) identity.policy = iamPolicy({ account, region, cluster: 'shop' });
  const clusters = () => [...aws.rds.clusters.keys()].filter((name) => name.includes('pgrehearse-'));
  return { ...stage, cluster, clusters, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
}

/** Ways back are rehearsed on another clone. */
async function withWayBack(down: string, more: object = {}) {
  const migrate = { tool: 'sql-files', folder: 'migrations', layout: 'up-down', appliedThrough: 'none', role: 'owner' };
  const stage = await auroraProject({ migrate, rollback: { ways: ['down'], required: true }, ...more });
  const at = (name: string) => join(stage.folder, 'migrations', name);
  renameSync(at('0001_name.sql'), at('0001_name.up.sql'));
  writeFileSync(at('0001_name.down.sql'), down);
  return stage;
}

const leftOf = ({ aws, ledgerKinds }: CloudStage) => ({
  left: [...aws.rds.instances.keys(), ...aws.rds.clusters.keys()].filter((name) => name.includes('pgrehearse-')),
  ...{ sessions: aws.ssm.sessions.size, ledger: ledgerKinds() },
});
const nothing = { left: [], sessions: 0, ledger: [] };

/** Which clusters were cloned, in order: `shop`, or a number for the clone that was made first, second … */
function cloned({ aws }: CloudStage): readonly unknown[] {
  const calls = aws.changes.filter(({ action }) => action === 'RestoreDBClusterToPointInTime').map(({ params }) => params);
  const made = calls.map(({ DBClusterIdentifier }) => DBClusterIdentifier);
  return calls.map(({ SourceDBClusterIdentifier: of }) => (of === 'shop' ? of : made.indexOf(of)));
}

test('a copy-on-write clone of a cluster is migrated itself, and goes with its instance; production’s cluster is as it was', async () => {
  await using stage = await auroraProject({ target: { throwaway: { secondClones: 'none' } } });
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, ...leftOf(stage) }, ended.stdout).toEqual({ exitCode: 0, ...nothing });
  expect(gatesOf(stage)).toMatchObject({ 'row-parity': 'not-applicable', 'schema-equality': 'passed', preservation: 'passed' });
  expect(cloned(stage)).toEqual(['shop']);
  const columns = `select count(*)::int as columns from pg_attribute where attrelid = 'public.orders'::regclass and attnum > 0`;
  expect(await stage.cluster.server?.ask(columns, [], 'postgres', 'owner')).toEqual([{ columns: 1 }]);
});

test('the way back is rehearsed on a clone of the clone, as it was before it was migrated and after the team’s own SQL; all go', async () => {
  await using stage = await withWayBack('alter table public.orders drop column note;', { clone: { afterLoad: ['once.sql'] } });
  // It fails on a copy on which it ran already.
  writeFileSync(
    join(stage.folder, 'once.sql'),
    `do $$ begin if not exists (select from public.orders where id = 777) then raise 'a second time'; end if; delete from public.orders where id = 777; end $$;`,
  );
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, ...leftOf(stage) }, ended.stdout).toEqual({ exitCode: 0, ...nothing });
  expect(gatesOf(stage)).toMatchObject({ 'schema-equality': 'passed', 'rollback:down': 'passed' });
  // The second shows the first; what is used leaves another one behind it.
  expect(cloned(stage)).toEqual(['shop', 0, 1]);
});

test('a way back that doesn’t lead back fails on the clone of the clone', async () => {
  await using stage = await withWayBack('alter table public.orders rename column note to remark;');
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, ...leftOf(stage) }, ended.stdout).toEqual({ exitCode: 1, ...nothing });
  expect(gatesOf(stage)).toMatchObject({ 'rollback:down': 'failed' });
});

test('what a command leaves that is killed while it has several clusters, gc removes', async () => {
  await using stage = await withWayBack('select pg_sleep(60); alter table public.orders drop column note;');
  let seen = 0;
  const killed = await stage.cli(['run'], {
    during: (child) => {
      const timer = setInterval(() => {
        if (stage.clusters().length < 3 || ++seen < 40) return;
        clearInterval(timer);
        child.kill('SIGKILL');
      }, 50);
      child.once('close', () => clearInterval(timer));
    },
  });
  expect({ signal: killed.signal, clusters: stage.clusters().length }, killed.stdout).toEqual({ signal: 'SIGKILL', clusters: 3 });
  const collected = await stage.cli(['gc']);
  expect({ exitCode: collected.exitCode, ...leftOf(stage) }, collected.stdout + collected.stderr).toEqual({ exitCode: 0, ...nothing });
});
