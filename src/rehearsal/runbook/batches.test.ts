import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { settingsSchema } from '../../config/schema.ts';
import type { Migration } from '../../core/migration.ts';
import { batchesOf } from './batches.ts';
import type { RunbookEntry } from './plan-steps.ts';

const migration = (revision: string, up: string): Migration => ({ revision, file: `${revision}.sql`, sha256: '', up, upLine: 1, optsOutOfTransaction: false });
const pending = [
  migration('0001', 'create table one ()'),
  migration('0002', 'create index concurrently two on pg_temp.none (a)'),
  migration('0003', 'create table three ()'),
];

function settings(migrate: object) {
  const runbook = { migrations: [{ revision: '0003', verify: [{ name: 'three', sql: 'select 1', expect: { rows: 1 } }] }] };
  return settingsSchema.parse({ source: { url: 'postgres://h/d' }, baseline: { mode: 'init-then-migrations' }, migrate, runbook });
}

function batches(migrate: object) {
  const parsed = settings(migrate);
  const [told] = parsed.runbook.migrations;
  const third = pending[2];
  if (told === undefined || third === undefined) throw new Error('there is no third');
  const entries: readonly RunbookEntry[] = [{ told, migration: third }];
  return { migrate: parsed.migrate, batches: batchesOf(parsed.migrate, pending, entries) };
}

test('files, and tools that can stop at a revision, are applied one by one; a command all at once, which is told', () => {
  const shape = (migrate: object) => batches(migrate).batches.map(({ label, entries, moment }) => [label, entries.length, moment?.after]);
  const oneByOne = [
    ['0001', 0, undefined],
    ['0002', 0, undefined],
    ['0003', 1, undefined],
  ];
  expect(shape({ tool: 'sql-files', folder: 'm', layout: 'flat' })).toEqual(oneByOne);
  expect(shape({ tool: 'alembic' })).toEqual(oneByOne);
  expect(shape({ tool: 'command', command: ['make', 'migrate'] })).toEqual([
    ['make migrate', 1, 'asked after all migrations, since the command runs them at once'],
  ]);
});

test('what fails is given back, and nothing of it is told', async () => {
  await withSession(15, '', async (session, address) => {
    const context = testContext();
    const files = batches({ tool: 'sql-files', folder: 'm', layout: 'flat' });
    const stepper = { context, migrate: files.migrate, folder: process.cwd(), address };
    const failures = [];
    for (const batch of files.batches) failures.push((await batch.apply(stepper))?.code);
    expect(failures).toEqual([undefined, 'migration-failed', undefined]);
    const script =
      "const { Client } = require('pg'); const c = new Client(process.env.DATABASE_URL); c.connect().then(() => c.query('create table four ()')).then(() => c.end())";
    const tool = batches({ tool: 'command', command: [process.execPath, '-e', script] });
    const [only] = tool.batches;
    expect(await only?.apply({ ...stepper, migrate: tool.migrate })).toBeUndefined();
    expect(await session.query("select relname from pg_class where relnamespace = 'public'::regnamespace order by 1")).toEqual([
      { relname: 'four' },
      { relname: 'one' },
      { relname: 'three' },
    ]);
    expect(context.events).toEqual([]);
  });
});
