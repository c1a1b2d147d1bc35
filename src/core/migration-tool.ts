/** The migration tools whose histories are understood: their files, their order, their ledgers and their commands. */
export const migrationToolNames = [
  'alembic',
  'dbmate',
  'diesel',
  'django',
  'drizzle',
  'flyway',
  'golang-migrate',
  'goose',
  'knex',
  'migratus',
  'node-pg-migrate',
  'prisma',
  'rails',
  'sqitch',
  'sqlx',
] as const;

export type MigrationToolName = (typeof migrationToolNames)[number];
