import type { MigrationToolName } from '../../core/migration-tool.ts';

/** What is the same for every team that uses a tool; all of it can be set otherwise. */
export interface ToolDefaults {
  /** Who runs a migration unless the team says so. `statements` is only there for tools whose migrations can be SQL. */
  readonly run: readonly ['tool' | 'statements', ...('tool' | 'statements')[]];
  /** How the tool is started: the program with its global options. `${FOLDER}` is the folder of the migrations from where it is started, `${LEDGER}` its ledger’s table. */
  readonly program: readonly [string, ...string[]];
  /** What follows the program to apply all that is pending; with `${FOLDER}` as above. */
  readonly up: readonly string[];
  readonly ledger: { readonly table: string; readonly column: string };
  /** What the ledger's column holds. */
  readonly match: 'revision' | 'version' | 'file';
  /** How the files are laid out, where pgrehearse runs their statements itself. */
  readonly layout: 'flat' | 'up-down' | 'prisma-folders' | 'goose';
  /** Where the migrations lie unless the team says so. */
  readonly folder: string;
  /** Variables by which the tool learns of the database, beside DATABASE_URL and the PG* variables. */
  readonly env?: Readonly<Record<string, string>>;
}

const onlyTool = ['tool'] as const;
const toolFirst = ['tool', 'statements'] as const;
const statementsFirst = ['statements', 'tool'] as const;

/** By tool. The sources of each line stand in the adapter of the tool, in src/migrate/tools. */
export const toolDefaults: Readonly<Record<MigrationToolName, ToolDefaults>> = {
  alembic: {
    run: onlyTool,
    program: ['alembic'],
    up: ['upgrade', 'head'],
    ledger: { table: 'alembic_version', column: 'version_num' },
    match: 'revision',
    layout: 'flat',
    folder: 'alembic/versions',
  },
  dbmate: {
    run: statementsFirst,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the settings
    program: ['dbmate', '--no-dump-schema', '--migrations-dir', '${FOLDER}', '--migrations-table', '${LEDGER}'],
    up: ['migrate'],
    ledger: { table: 'schema_migrations', column: 'version' },
    match: 'version',
    layout: 'flat',
    folder: 'db/migrations',
  },
  diesel: {
    run: statementsFirst,
    program: ['diesel'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the settings
    up: ['migration', 'run', '--migration-dir', '${FOLDER}'],
    // Its own settings name a file of Rust that it would write over.
    env: { DIESEL_CONFIG_FILE: '/dev/null' },
    ledger: { table: '__diesel_schema_migrations', column: 'version' },
    match: 'version',
    layout: 'up-down',
    folder: 'migrations',
  },
  django: {
    run: onlyTool,
    program: ['python3', 'manage.py'],
    up: ['migrate', '--noinput'],
    ledger: { table: 'django_migrations', column: 'name' },
    match: 'revision',
    layout: 'flat',
    folder: '.',
  },
  drizzle: {
    run: toolFirst,
    program: ['npx', 'drizzle-kit'],
    up: ['migrate'],
    ledger: { table: 'drizzle.__drizzle_migrations', column: 'hash' },
    match: 'revision',
    layout: 'flat',
    folder: 'drizzle',
  },
  flyway: {
    run: statementsFirst,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the settings
    program: ['flyway', '-locations=filesystem:${FOLDER}'],
    up: ['migrate'],
    env: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the clone’s address
      FLYWAY_URL: 'jdbc:postgresql://${PGHOST}:${PGPORT}/${PGDATABASE}',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the clone’s address
      FLYWAY_USER: '${PGUSER}',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the clone’s address
      FLYWAY_PASSWORD: '${PGPASSWORD}',
    },
    ledger: { table: 'flyway_schema_history', column: 'version' },
    match: 'version',
    layout: 'flat',
    folder: 'src/main/resources/db/migration',
  },
  'golang-migrate': {
    run: statementsFirst,
    // The address comes by the PG* variables, so that no password stands among the arguments.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the settings
    program: ['migrate', '-path', '${FOLDER}', '-database', 'postgres:///'],
    up: ['up'],
    ledger: { table: 'schema_migrations', column: 'version' },
    match: 'version',
    layout: 'up-down',
    folder: 'migrations',
  },
  goose: {
    run: statementsFirst,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the settings
    program: ['goose', '-dir', '${FOLDER}', '-table', '${LEDGER}'],
    up: ['up'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the clone’s address
    env: { GOOSE_DRIVER: 'postgres', GOOSE_DBSTRING: '${DATABASE_URL}' },
    ledger: { table: 'goose_db_version', column: 'version_id' },
    match: 'version',
    layout: 'goose',
    folder: 'migrations',
  },
  knex: {
    run: onlyTool,
    program: ['npx', 'knex'],
    up: ['migrate:latest'],
    ledger: { table: 'knex_migrations', column: 'name' },
    match: 'file',
    layout: 'flat',
    folder: 'migrations',
  },
  migratus: {
    run: toolFirst,
    program: ['lein', 'migratus'],
    up: ['migrate'],
    ledger: { table: 'schema_migrations', column: 'id' },
    match: 'version',
    layout: 'up-down',
    folder: 'resources/migrations',
  },
  'node-pg-migrate': {
    run: onlyTool,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the settings
    program: ['npx', 'node-pg-migrate', '--migrations-dir', '${FOLDER}'],
    up: ['up'],
    ledger: { table: 'pgmigrations', column: 'name' },
    match: 'revision',
    layout: 'flat',
    folder: 'migrations',
  },
  prisma: {
    run: statementsFirst,
    program: ['npx', 'prisma'],
    up: ['migrate', 'deploy'],
    ledger: { table: '_prisma_migrations', column: 'migration_name' },
    match: 'revision',
    layout: 'prisma-folders',
    folder: 'prisma/migrations',
  },
  rails: {
    run: onlyTool,
    program: ['bin/rails'],
    up: ['db:migrate'],
    ledger: { table: 'schema_migrations', column: 'version' },
    match: 'version',
    layout: 'flat',
    folder: 'db/migrate',
  },
  sqitch: {
    run: onlyTool,
    program: ['sqitch'],
    up: ['deploy', 'db:pg:'],
    ledger: { table: 'sqitch.changes', column: 'change_id' },
    match: 'revision',
    layout: 'flat',
    folder: '.',
  },
  sqlx: {
    run: statementsFirst,
    program: ['sqlx'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in with the settings
    up: ['migrate', 'run', '--source', '${FOLDER}'],
    ledger: { table: '_sqlx_migrations', column: 'version' },
    match: 'version',
    layout: 'flat',
    folder: 'migrations',
  },
};
