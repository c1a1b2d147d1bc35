import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CloudStage } from '../program/cloud-stage.ts';
import { eventsOf, gatesOf, inPlaceProject } from '../program/in-place-stage.ts';

/** The way back is rehearsed on another clone. */
async function withWayBack(target: unknown, more: object = {}): Promise<CloudStage> {
  const migrate = { tool: 'sql-files', folder: 'migrations', layout: 'up-down', appliedThrough: 'none', role: 'owner' };
  const stage = await inPlaceProject({ migrate, rollback: { ways: ['down'], required: true }, ...more }, target);
  const at = (name: string) => join(stage.folder, 'migrations', name);
  renameSync(at('0001_name.sql'), at('0001_name.up.sql'));
  writeFileSync(at('0001_name.down.sql'), 'alter table public.customers drop column name;');
  return stage;
}

const restores = ({ aws }: CloudStage) =>
  aws.changes.filter(({ action }) => action === 'RestoreDBInstanceFromDBSnapshot').map(({ params }) => params.DBSnapshotIdentifier);

test('without another clone, what needs one is inconclusive: told before anything is restored, and in the verdict once, with the cure', async () => {
  await using stage = await withWayBack('throwaway', { interruptions: { required: true } });
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, left: stage.leftInCloud(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 4, left: [], ledger: [] });
  expect(gatesOf(stage)).toMatchObject({ 'schema-equality': 'passed', 'interrupted-migration': 'inconclusive', 'rollback:down': 'inconclusive' });
  expect(restores(stage)).toHaveLength(1);
  const [before = '', verdict = ''] = ended.stdout.replaceAll(/\s+/g, ' ').split(' INCONCLUSIVE ');
  expect(before.split(' is creating')[0]).toMatch(/no second clone.*not rehearsed are ways back.*Set target\.throwaway\.secondClones to "restore"/);
  const why = 'In place there is no second clone, since target.throwaway.secondClones is "none": not rehearsed for interrupted-migration, rollback:down.';
  expect(verdict).toContain(`${why} Root cause: environment`);
  expect(verdict.split('→ Set target.throwaway.secondClones to "restore"')).toHaveLength(2);
  const [last] = eventsOf(stage).flatMap((event) => (event.type === 'run-finished' ? [event.verdict] : []));
  expect(last).toMatchObject({ kind: 'INCONCLUSIVE', rootCause: 'environment', reasons: [why], failure: { code: 'no-second-clone' } });
});

test('with a second restore the way back is rehearsed on the very instant, and that server goes too', async () => {
  await using stage = await withWayBack({ throwaway: { secondClones: 'restore' } });
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, left: stage.leftInCloud(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 0, left: [], ledger: [] });
  expect(gatesOf(stage)).toMatchObject({ 'schema-equality': 'passed', 'rollback:down': 'passed' });
  expect(new Set(restores(stage))).toEqual(new Set(['rds:production-2026-01-01-03-00']));
  expect(restores(stage)).toHaveLength(2);
});

test('a run that is killed while it migrates in place leaves what the next gc removes', async () => {
  await using stage = await inPlaceProject();
  writeFileSync(join(stage.folder, 'migrations/0001_name.sql'), 'alter table public.customers add column name text; select pg_sleep(60);');
  const killed = await stage.cli(['run'], {
    during: (child, output) => {
      const timer = setInterval(() => {
        if (!/drift/.test(output())) return;
        clearInterval(timer);
        setTimeout(() => child.kill('SIGKILL'), 2_000);
      }, 50);
      child.once('close', () => clearInterval(timer));
    },
  });
  expect({ signal: killed.signal, left: stage.leftInCloud().length > 0 }, killed.stdout).toEqual({ signal: 'SIGKILL', left: true });
  const collected = await stage.cli(['gc']);
  expect({ exitCode: collected.exitCode, left: stage.leftInCloud(), ledger: stage.ledgerKinds() }, collected.stdout + collected.stderr).toEqual({
    exitCode: 0,
    left: [],
    ledger: [],
  });
});

test('what can reach out from the copy is switched off; what the master may not switch off ends the run before anything is migrated', async () => {
  await using stage = await inPlaceProject();
  const { server } = stage.production;
  await server?.ask(`create extension postgres_fdw; create server neighbour foreign data wrapper postgres_fdw options (host 'neighbour.invalid');
    alter server neighbour owner to owner; create user mapping for owner server neighbour options (user 'u', password 'canary-of-neighbour');
    create subscription feed connection 'host=neighbour.invalid' publication all_of_it with (connect = false, slot_name = 'feed')`);
  const later = await stage.aws.rds.addSnapshot(stage.production, 'rds:production-2026-01-02-03-00', { createdAt: new Date() });
  const ended = await stage.cli(['run']);
  const left = stage.leftInCloud().filter((name) => name !== later.arn);
  expect({ exitCode: ended.exitCode, left, ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 3, left: [], ledger: [] });
  expect(ended.stdout).toContain('user mapping for owner at neighbour was removed on purpose');
  expect(ended.stdout).toContain('subscription feed can still reach other servers from the copy');
  expect(eventsOf(stage).filter(({ type }) => type === 'recorded')).toEqual([]);
});

test('production’s own migrator, whose password nobody knows, migrates with its own rights; rows that a policy hides from the master prove nothing', async () => {
  await using stage = await inPlaceProject();
  const { server } = stage.production;
  await server?.ask(`create role deployer login password 'unknown'; alter database postgres owner to deployer;
    alter table public.customers owner to deployer; alter sequence public.numbers owner to deployer`);
  const snapshot = async (id: string) => (await stage.aws.rds.addSnapshot(stage.production, id, { createdAt: new Date() })).arn;
  const added = [await snapshot('rds:production-2026-01-02-03-00')];
  const migrate = { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: 'none', role: 'deployer' };
  stage.configure({ migrate });
  const ended = await stage.cli(['run']);
  const left = () => stage.leftInCloud().filter((name) => !added.includes(name));
  expect({ exitCode: ended.exitCode, left: left(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 0, left: [], ledger: [] });
  await server?.ask('alter table public.customers enable row level security, force row level security; create policy few on public.customers using (id < 10)');
  added.push(await snapshot('rds:production-2026-01-03-03-00'));
  const hidden = await stage.cli(['run']);
  expect({ exitCode: hidden.exitCode, left: left(), ledger: stage.ledgerKinds() }, hidden.stdout).toEqual({ exitCode: 3, left: [], ledger: [] });
  expect(hidden.stdout.replaceAll(/\s+/g, ' ')).toContain('Row level security would hide rows');
});

test('a restored server that vanishes while it is migrated is nobody’s verdict, and nothing is left', async () => {
  await using stage = await inPlaceProject();
  writeFileSync(join(stage.folder, 'migrations/0001_name.sql'), 'select pg_sleep(60); alter table public.customers add column name text;');
  const ended = await stage.cli(['run'], {
    during: (child, output) => {
      const timer = setInterval(() => {
        if (!/drift/.test(output())) return;
        clearInterval(timer);
        const restored = [...stage.aws.rds.instances.values()].find(({ id }) => id.startsWith('pgrehearse-'));
        setTimeout(() => void restored?.server?.stop(), 2_000);
      }, 50);
      child.once('close', () => clearInterval(timer));
    },
  });
  expect({ exitCode: ended.exitCode, left: stage.leftInCloud(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 4, left: [], ledger: [] });
  expect(ended.stdout).toContain('INCONCLUSIVE');
});
