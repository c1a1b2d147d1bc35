import { expect, test } from 'vitest';
import { settingsSchema } from '../schema.ts';

function migrate(given: object) {
  return settingsSchema.parse({ source: { url: 'postgres://h/d' }, baseline: { mode: 'init-then-migrations' }, migrate: given }).migrate;
}

test('a known tool needs no more than its name', () => {
  expect(migrate({ tool: 'alembic' })).toMatchObject({
    tool: 'command',
    adapter: 'alembic',
    command: ['alembic', 'upgrade', 'head'],
    folder: 'alembic/versions',
    ledger: { table: 'alembic_version', column: 'version_num' },
    timeoutMinutes: 60,
  });
  expect(migrate({ tool: 'goose', folder: 'db' })).toMatchObject({ tool: 'sql-files', adapter: 'goose', layout: 'goose', folder: 'db', transaction: 'auto' });
});

test('the team’s own way to start it, and its own ledger', () => {
  const given = migrate({ tool: 'alembic', program: ['python3', '-m', 'alembic', '-c', 'db/alembic.ini'], ledger: { table: 'app.revisions' } });
  expect(given).toMatchObject({
    command: ['python3', '-m', 'alembic', '-c', 'db/alembic.ini', 'upgrade', 'head'],
    ledger: { table: 'app.revisions', column: 'version_num' },
  });
});

test('the ledger that production lacks is not asked for', () => {
  expect(migrate({ tool: 'alembic', appliedThrough: '0019' }).ledger).toBeUndefined();
  expect(migrate({ tool: 'sqlx', run: 'tool' })).toMatchObject({ tool: 'command', command: ['sqlx', 'migrate', 'run', '--source', 'migrations'] });
});

test('statements of a tool whose migrations are programs can’t be run by us', () => {
  expect(() => migrate({ tool: 'knex', run: 'statements' })).toThrow('must be tool');
});

test('a tool is told where its files and its ledger are, from where it is started', () => {
  const goose = migrate({ tool: 'goose', run: 'tool', folder: 'app/db', workingFolder: 'app', ledger: { table: 'ops.goose' }, env: { GOOSE_DRIVER: 'pgx' } });
  expect(goose).toMatchObject({
    command: ['goose', '-dir', 'db', '-table', 'ops.goose', 'up'],
    env: { GOOSE_DRIVER: 'pgx', GOOSE_DBSTRING: expect.stringContaining('DATABASE_URL') },
  });
  expect(migrate({ tool: 'dbmate', folder: '.' }).program).toEqual([
    'dbmate',
    '--no-dump-schema',
    '--migrations-dir',
    '.',
    '--migrations-table',
    'schema_migrations',
  ]);
  expect(migrate({ tool: 'golang-migrate', run: 'tool' })).toMatchObject({ command: ['migrate', '-path', 'migrations', '-database', 'postgres:///', 'up'] });
  expect(migrate({ tool: 'node-pg-migrate', folder: 'db/steps' })).toMatchObject({ command: ['npx', 'node-pg-migrate', '--migrations-dir', 'db/steps', 'up'] });
  expect(() => migrate({ tool: 'golang-migrate', run: 'tool', ledger: { table: 'done' } })).toThrow('x-migrations-table');
});

test('Knex’s own ways with folders and extensions', () => {
  const given = { tool: 'knex', moreFolders: ['more'], sortFoldersSeparately: true, extensions: ['.mjs'] };
  expect(migrate(given)).toMatchObject({ adapter: 'knex', folder: 'migrations', moreFolders: ['more'], sortFoldersSeparately: true, extensions: ['.mjs'] });
  expect(() => migrate({ tool: 'knex', extensions: ['mjs'] })).toThrow();
});

test('no variable leads the tool to another server than the clone’s', () => {
  const withUrl = (url: string) => migrate({ tool: 'alembic', env: { APP_URL: url } });
  const ours = (name: string) => `\${${name}}`;
  for (const url of ['postgres://app@db.example.com/shop', `postgresql+psycopg2://${ours('PGUSER')}:x@10.0.0.5:5432/shop`, 'jdbc:postgresql://db/shop']) {
    expect(() => withUrl(url), url).toThrow('must not name a server');
  }
  const place = `${ours('PGHOST')}:${ours('PGPORT')}/x`;
  for (const url of [ours('DATABASE_URL'), `jdbc:postgresql://${place}`, `postgres://${ours('PGUSER')}@${place}`, 'postgres:///', 'https://example.com/']) {
    expect(withUrl(url)).toMatchObject({ env: { APP_URL: url } });
  }
});
