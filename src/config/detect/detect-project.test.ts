import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsSchema } from '../schema.ts';
import { detectProject } from './detect-project.ts';

async function detect(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'pgr-detect-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await detectProject(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each<[string, Record<string, string>, object]>([
  [
    'Prisma',
    { 'prisma/migrations/20240101_init/migration.sql': '', 'prisma/migrations/20240102_x/migration.sql': '' },
    { tool: 'sql-files', folder: 'prisma/migrations', layout: 'prisma-folders' },
  ],
  [
    'goose',
    { 'assets/migrations/postgres/001_a.sql': '-- +goose Up\n', 'assets/migrations/mysql/001_a.sql': '-- +goose Up\n' },
    { folder: 'assets/migrations/postgres', layout: 'goose', ledger: { table: 'goose_db_version', column: 'version_id', match: 'version' } },
  ],
  [
    'sqlx',
    { 'Cargo.toml': 'sqlx = "0.8"', 'migrations/1_a.up.sql': '', 'migrations/1_a.down.sql': '' },
    { layout: 'up-down', ledger: { table: '_sqlx_migrations' } },
  ],
  ['sqlx', { 'Cargo.toml': 'sqlx = "0.8"', 'migrations/1_a.sql': '' }, { layout: 'flat', ledger: { table: '_sqlx_migrations' } }],
  ['golang-migrate', { 'go.mod': 'github.com/golang-migrate/migrate/v4', 'db/migrations/1_a.up.sql': '' }, { layout: 'up-down', appliedThrough: 'none' }],
  ['Flyway', { 'src/main/resources/db/V1__a.sql': '', 'src/main/resources/db/V1_1__b.sql': '' }, { layout: 'flat', folder: 'src/main/resources/db' }],
  ['SQL files', { 'sql/migrations/001_a.sql': '', 'sql/migrations/002_b.sql': '' }, { layout: 'flat', folder: 'sql/migrations', appliedThrough: 'none' }],
  [
    'Alembic',
    { 'alembic.ini': '[alembic]\nscript_location = %(here)s/db/alembic\n', 'db/alembic/versions/a.py': '' },
    { command: ['alembic', 'upgrade', 'head'], folder: 'db/alembic/versions' },
  ],
  [
    'Drizzle',
    { 'drizzle.config.ts': "export default { out: './src/db/out' }", 'src/db/out/0000_a.sql': 'select 1;\n--> statement-breakpoint\n' },
    { tool: 'command', folder: 'src/db/out' },
  ],
  ['Knex', { 'knexfile.js': '', 'migrations/1_a.js': '' }, { command: ['npx', 'knex', 'migrate:latest'], folder: 'migrations' }],
  ['dbmate', { 'db/migrations/1_a.sql': '-- migrate:up\n' }, { tool: 'command', folder: 'db/migrations' }],
  ['Rails', { 'bin/rails': '', 'db/migrate/1_a.rb': '' }, { tool: 'command', folder: 'db/migrate' }],
  ['node-pg-migrate', { 'package.json': '{"dependencies": {"node-pg-migrate": "^8"}}' }, { tool: 'command' }],
])('%s', async (tool, files, migrate) => {
  const detected = await detect(files);
  expect(detected.tools[0]).toMatchObject({ tool, migrate });
  expect(settingsSchema.safeParse({ source: { urlVariable: 'X' }, migrate: detected.tools[0]?.migrate, baseline: detected.baseline }).success).toBe(true);
});

test('nothing is made up where there is nothing, and dependencies are not looked into', async () => {
  expect(await detect({})).toEqual({ tools: [], baseline: { mode: 'init-then-migrations' } });
  expect((await detect({ 'node_modules/a/migrations/001_a.sql': '', 'reports/2024-sales.sql': '', 'reports/x.sql': '', 'reports/y.sql': '' })).tools).toEqual(
    [],
  );
});

test('a checked-in schema becomes the baseline', async () => {
  const detected = await detect({ 'db/schema.sql': '', 'db/migrations/1_a.sql': '-- migrate:up\n' });
  expect(detected).toMatchObject({ schemaFile: 'db/schema.sql', baseline: { mode: 'init-at-head', schema: ['db/schema.sql'] } });
});
