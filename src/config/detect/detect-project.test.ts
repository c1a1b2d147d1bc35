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
    { tool: 'prisma', folder: 'prisma/migrations' },
  ],
  [
    'goose',
    { 'assets/migrations/postgres/001_a.sql': '-- +goose Up\n', 'assets/migrations/mysql/001_a.sql': '-- +goose Up\n' },
    { tool: 'goose', folder: 'assets/migrations/postgres' },
  ],
  ['sqlx', { 'Cargo.toml': 'sqlx = "0.8"', 'migrations/1_a.up.sql': '', 'migrations/1_a.down.sql': '' }, { tool: 'sqlx', folder: 'migrations' }],
  [
    'sqlx',
    { 'Cargo.toml': 'sqlx = "0.8"', 'sqlx.toml': '[migrate]\ntable-name = "ops.done"', 'migrations/1_a.sql': '' },
    { tool: 'sqlx', ledger: { table: 'ops.done' } },
  ],
  ['goose', { 'db/001_a.sql': '-- +goose Up\n', 'db/002_b.go': 'package db' }, { tool: 'goose', folder: 'db', run: 'tool' }],
  [
    'Diesel',
    { 'diesel.toml': '[migrations_directory]\ndir = "db/steps"\n', 'db/steps/2020-01-01-000000_a/up.sql': '' },
    { tool: 'diesel', folder: 'db/steps' },
  ],
  [
    'Flyway',
    { 'flyway.toml': '[flyway]\nlocations = ["filesystem:sql"]\ntable = "done"\ndefaultSchema = "ops"\n', 'sql/a/V1__a.sql': '', 'sql/b/V2__b.sql': '' },
    { tool: 'flyway', folder: 'sql', ledger: { table: 'ops.done' } },
  ],
  ['Flyway', { 'flyway.conf': 'flyway.locations=classpath:db/migration\n' }, { tool: 'flyway', run: 'tool', program: ['flyway'] }],
  ['golang-migrate', { 'go.mod': 'github.com/golang-migrate/migrate/v4', 'db/migrations/1_a.up.sql': '' }, { tool: 'golang-migrate', folder: 'db/migrations' }],
  ['up and down files', { 'db/migrations/1_a.up.sql': '' }, { layout: 'up-down', appliedThrough: 'none' }],
  ['Flyway', { 'src/main/resources/db/V1__a.sql': '', 'src/main/resources/db/V1_1__b.sql': '' }, { tool: 'flyway', folder: 'src/main/resources/db' }],
  ['SQL files', { 'sql/migrations/001_a.sql': '', 'sql/migrations/002_b.sql': '' }, { layout: 'flat', folder: 'sql/migrations', appliedThrough: 'none' }],
  ['Alembic', { 'db/alembic.ini': '[alembic]\nscript_location = alembic\n', 'db/alembic/versions/a.py': '' }, { tool: 'alembic', workingFolder: 'db' }],
  ['Alembic', { 'pyproject.toml': '[tool.alembic]\nscript_location = "%(here)s/alembic"\n' }, { tool: 'alembic' }],
  [
    'Alembic',
    { 'app/migrations/alembic.ini': '[alembic]\n', 'app/migrations/versions/a.py': '' },
    { tool: 'alembic', folder: 'app/migrations/versions', program: ['flask', 'db'], workingFolder: 'app' },
  ],
  [
    'Sqitch',
    { 'db/sqitch.conf': '[core]\n\ttop_dir = x\n[engine "pg"]\n\tregistry = meta\n', 'db/x/sqitch.plan': '' },
    { tool: 'sqitch', workingFolder: 'db', ledger: { table: 'meta.changes' } },
  ],
  ['Django', { 'src/manage.py': '' }, { tool: 'django', folder: 'src', workingFolder: 'src' }],
  [
    'Drizzle',
    { 'drizzle.config.ts': "export default { out: './src/db/out' }", 'src/db/out/0000_a.sql': 'select 1;\n--> statement-breakpoint\n' },
    { tool: 'drizzle', folder: 'src/db/out' },
  ],
  [
    'Drizzle',
    {
      'api/drizzle.config.ts': `export default { out: "./out", migrations: { table: 'done', schema: 'public' } }`,
      'api/out/20240101000000_a/migration.sql': '',
      'api/out/20240101000000_a/snapshot.json': '{}',
    },
    { tool: 'drizzle', folder: 'api/out', workingFolder: 'api', ledger: { table: 'public.done' } },
  ],
  ['Knex', { 'knexfile.js': '', 'migrations/1_a.js': '' }, { tool: 'knex', folder: 'migrations' }],
  [
    'Knex',
    { 'db/knexfile.cjs': `migrations: { directory: ['./steps', other], tableName: 'done', schemaName: 'ops' }`, 'db/steps/1_a.cjs': '' },
    { tool: 'knex', folder: 'db/steps', ledger: { table: 'ops.done' }, program: ['npx', 'knex', '--knexfile', 'knexfile.cjs'], workingFolder: 'db' },
  ],
  ['dbmate', { 'db/migrations/1_a.sql': '-- migrate:up\n' }, { tool: 'dbmate', folder: 'db/migrations' }],
  ['Rails', { 'bin/rails': '', 'db/migrate/1_a.rb': '' }, { tool: 'rails', folder: 'db/migrate' }],
  ['migratus', { 'project.clj': '[migratus "1.5.4"]', 'resources/migrations/1-a.up.sql': '' }, { tool: 'migratus', folder: 'resources/migrations' }],
  [
    'migratus',
    { 'deps.edn': '{:aliases {:migrate {:extra-deps {com.github.paulbutcher/clj-migratus {}}}}}' },
    { tool: 'migratus', program: ['clojure', '-M:migrate'] },
  ],
  ['node-pg-migrate', { 'package.json': '{"dependencies": {"node-pg-migrate": "^8"}}' }, { tool: 'node-pg-migrate' }],
  [
    'node-pg-migrate',
    { 'package.json': '{"scripts": {"up": "node-pg-migrate -m db/steps up"}, "devDependencies": {"node-pg-migrate": "9"}}', 'db/steps/1_a.js': '' },
    { tool: 'node-pg-migrate', folder: 'db/steps' },
  ],
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
