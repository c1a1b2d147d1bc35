import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inFiles, productionPassword } from '../program/cloud-stage.ts';
import { eventsOf, gatesOf, inPlaceProject } from '../program/in-place-stage.ts';

const customers = `select count(*)::int as rows, (select count(*)::int from pg_attribute where attrelid = 'public.customers'::regclass and attnum > 0) as columns from public.customers`;

test('a good migration passes on the restored server itself: nothing is copied, production is as it was, and nothing is left', async () => {
  await using stage = await inPlaceProject();
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, left: stage.leftInCloud(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 0, left: [], ledger: [] });
  expect(ended.stdout).toContain('Nothing is copied: the migrations run on pgrehearse-production-');
  const events = eventsOf(stage);
  expect(events.filter(({ type }) => type === 'copied')).toEqual([]);
  // What can't fail in place doesn't count as passed.
  const gates = gatesOf(stage);
  for (const gate of ['row-parity', 'roles-fidelity', 'schema-fidelity']) expect([gate, gates[gate]]).toEqual([gate, 'not-applicable']);
  for (const gate of ['schema-equality', 'preservation', 'isolation']) expect([gate, gates[gate]]).toEqual([gate, 'passed']);
  // RDS's own superuser was there all the time, and is no stranger.
  const isolated = events.flatMap((event) => (event.type === 'isolated' ? [event.report] : []));
  expect(isolated).toMatchObject([{ foreign: [], earlier: [], excess: 0, ofCloud: [{ user: 'rdsadmin' }] }]);
  // RDS's master is no superuser, who alone may make event triggers.
  expect(events.flatMap((event) => (event.type === 'recorded' ? [event.recording.mode] : []))).toEqual(['sampling']);
  // The server lived until the run ended.
  const at = (wanted: (event: (typeof events)[number]) => boolean) => events.findIndex(wanted);
  const deleted = at((event) => event.type === 'resource' && event.what === 'removed' && event.resource.kind === 'throwaway');
  expect(deleted).toBeGreaterThan(at((event) => event.type === 'gate' && event.gate.gate === 'schema-equality'));
  expect(await stage.production.server?.ask(customers, [], 'postgres', 'owner')).toEqual([{ rows: 1000, columns: 2 }]);
  expect([...inFiles(stage.folder, productionPassword), ...inFiles(stage.home, productionPassword)]).toEqual([]);
});

test('a migration that makes another schema than the repo has, and loses what a column held, blocks', async () => {
  await using stage = await inPlaceProject();
  writeFileSync(join(stage.folder, 'migrations/0001_name.sql'), 'alter table public.customers add column name text, drop column note;');
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, left: stage.leftInCloud(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 1, left: [], ledger: [] });
  expect(gatesOf(stage)).toMatchObject({ 'schema-equality': 'failed', preservation: 'failed' });
});

test('what in place means is told before anything is made: by clone --dry-run, doctor, load and fresh', async () => {
  await using stage = await inPlaceProject();
  const said = async (...args: readonly string[]) => {
    const { stdout, stderr } = await stage.cli(args);
    return `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ');
  };
  for (const args of [['clone', '--dry-run'], ['doctor']])
    expect(await said(...args)).toMatch(
      /`run` migrates the restored server itself.*for as long as the rehearsal lasts.*no second clone.*Set target\.throwaway\.secondClones/,
    );
  // Nobody permits anything, so that none of them gets further.
  stage.configureSource({ allowChanges: false });
  for (const command of ['load', 'fresh']) expect(await said(command)).toContain('target is "throwaway", which concerns `run` alone');
  expect({ changes: stage.aws.changes, ledger: stage.ledgerKinds() }).toEqual({ changes: [], ledger: [] });
});
