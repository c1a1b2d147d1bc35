import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CloudStage } from '../program/cloud-stage.ts';
import { eventsOf, gatesOf, inPlaceProject, schema } from '../program/in-place-stage.ts';
import type { Major } from '../support/fake-aws/rds/backing-server.ts';

/** What holds of production when it is restored: SQL as its master, or as the cloud's own superuser. */
async function productionWith(major: Major, more: object, asMaster: string, asCloud = ''): Promise<CloudStage & { readonly left: () => readonly string[] }> {
  const stage = await inPlaceProject(more, 'throwaway', major);
  const { server } = stage.production;
  if (asCloud !== '') await server?.ask(asCloud);
  if (asMaster !== '') await server?.ask(asMaster, [], 'postgres', 'owner');
  const { arn } = await stage.aws.rds.addSnapshot(stage.production, 'rds:production-2026-01-02-03-00', { createdAt: new Date() });
  const left = () => stage.leftInCloud().filter((name) => name !== arn);
  return { ...stage, left, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
}

const nothing = { left: [], ledger: [] };
const majors = [15, 18] as const;

test.each(majors)('what the application’s role may and sees is asked on %i too, whose master is no superuser', async (major) => {
  const role = 'app';
  const data = {
    invariants: [{ name: 'some', sql: 'select id from public.customers', role, expect: { rows: 'some' } }],
    requiredTables: [{ table: 'public.customers', role }],
  };
  const grants = `grant select, insert on public.customers to ${role};`;
  await using stage = await productionWith(major, { data }, `create role ${role}; ${grants}`);
  writeFileSync(join(stage.folder, 'schema.sql'), `${schema('\n  name text')}${grants}`);
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, left: stage.left(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 0, ...nothing });
  expect(gatesOf(stage)).toMatchObject({ 'schema-equality': 'passed', preservation: 'passed', 'invariant:some': 'passed', 'required-tables': 'passed' });
  // What the application loses is seen.
  writeFileSync(
    join(stage.folder, 'migrations/0001_name.sql'),
    `alter table public.customers add column name text; revoke select on public.customers from ${role};`,
  );
  const revoked = await stage.cli(['run']);
  expect({ exitCode: revoked.exitCode, left: stage.left(), ledger: stage.ledgerKinds() }, revoked.stdout).toEqual({ exitCode: 1, ...nothing });
  expect(gatesOf(stage)).toMatchObject({ 'required-tables': 'failed' });
});

const asDeployer = { migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: 'none', role: 'deployer' } };
const toDeployer = `alter table public.customers owner to deployer; alter sequence public.numbers owner to deployer; grant all on schema public to deployer`;

test('a migrator that the master made runs on 18 too, with its own rights', async () => {
  await using stage = await productionWith(18, asDeployer, `create role deployer login password 'unknown'`, '');
  const ended = await stage.cli(['run']);
  // It doesn't own the table.
  expect({ exitCode: ended.exitCode, left: stage.left(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 1, ...nothing });
  expect(ended.stdout).toContain('must be owner of table customers');
});

test('a migrator over whom the master has no ADMIN OPTION, as after an upgrade to 16, is told with what to grant', async () => {
  await using stage = await productionWith(18, asDeployer, '', `create role deployer login; ${toDeployer}`);
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, left: stage.left(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 3, ...nothing });
  expect(ended.stdout.replaceAll(/\s+/g, ' ')).toContain('grant deployer to owner with admin option');
});

test.each(majors)('rows that a migration hides from the master on %i are neither lost nor kept: nobody can tell', async (major) => {
  await using stage = await productionWith(major, {}, '');
  const hiding = 'alter table public.customers add column name text; alter table public.customers enable row level security, force row level security;';
  writeFileSync(join(stage.folder, 'migrations/0001_name.sql'), hiding);
  writeFileSync(
    join(stage.folder, 'schema.sql'),
    `${schema('\n  name text')} alter table public.customers enable row level security, force row level security;`,
  );
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, left: stage.left(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 3, ...nothing });
  expect(ended.stdout.replaceAll(/\s+/g, ' ')).toContain('row-level security');
});

test('where the master may make event triggers, everything is recorded', async () => {
  await using stage = await productionWith(18, {}, '', 'alter role owner superuser');
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, left: stage.left(), ledger: stage.ledgerKinds() }, ended.stdout).toEqual({ exitCode: 0, ...nothing });
  expect(eventsOf(stage).flatMap((event) => (event.type === 'recorded' ? [event.recording.mode] : []))).toEqual(['event-triggers']);
});
