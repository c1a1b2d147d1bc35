import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { azureProject } from '../program/azure-stage.ts';
import { alone, eventsOf, gatesOf, schema } from '../program/in-place-stage.ts';

test('a moment of production is migrated itself, its way back rehearsed on a second restore of that very moment, and both servers go', async () => {
  await using stage = await azureProject();
  const { azure, folder, production } = stage;
  const pointInTime = new Date().toISOString();
  await azure.servers.remember(production, new Date(pointInTime));
  // What came later is in neither.
  await production.server?.ask('delete from public.customers', [], 'shop', 'dba');
  const migrations = join(folder, 'migrations');
  rmSync(migrations, { recursive: true });
  mkdirSync(migrations);
  writeFileSync(join(migrations, '0001_name.up.sql'), 'alter table public.customers add column name text; select 1 / count(*) from public.customers;');
  writeFileSync(join(migrations, '0001_name.down.sql'), 'alter table public.customers drop column name; select 1 / count(*) from public.customers;');
  writeFileSync(
    join(folder, 'schema.sql'),
    `create extension pg_trgm; ${schema('\n  name text').replace(/grant all.*/, '')} insert into public.customers values (1, '', '');`,
  );
  stage.configure(
    { allowChanges: true, pointInTime },
    {
      ...{ ...alone, target: { throwaway: { secondClones: 'restore' } }, rollback: { ways: ['down'], required: true } },
      baseline: { mode: 'init-at-head', schema: ['schema.sql'] },
      migrate: { tool: 'sql-files', folder: 'migrations', layout: 'up-down', appliedThrough: 'none', role: 'dba' },
    },
  );
  const ended = await stage.cli(['run']);
  expect({ exitCode: ended.exitCode, left: stage.left(), ledger: stage.ledgerLines() }, ended.stdout).toEqual({ exitCode: 0, left: [], ledger: 0 });
  expect(gatesOf(stage)).toMatchObject({ 'schema-equality': 'passed', preservation: 'passed', isolation: 'passed', 'rollback:down': 'passed' });
  // Nor does he keep anybody from counting rows.
  expect(Object.values(gatesOf(stage))).not.toContain('inconclusive');
  const restored = azure.calls.filter(({ operation }) => operation === 'Servers_CreateOrUpdate').map(({ body }) => body as { properties: object });
  expect(restored.map(({ properties }) => (properties as { pointInTimeUTC?: string }).pointInTimeUTC)).toEqual([pointInTime, pointInTime]);
  // Azure’s own superuser was there all the time, and is no stranger.
  const isolated = eventsOf(stage).flatMap((event) => (event.type === 'isolated' ? [event.report] : []));
  expect(isolated).toMatchObject([{ foreign: [], earlier: [], excess: 0, ofCloud: [{ user: 'azuresu' }] }]);
  const columns = `select from pg_attribute where attrelid = 'public.customers'::regclass and attnum > 0`;
  expect(await production.server?.ask(columns, [], 'shop', 'dba')).toHaveLength(2);
});
