import type { MigrationToolName } from '../../core/migration-tool.ts';
import type { MigrateSettings } from '../migrate-settings.ts';
import { alembic } from './alembic/alembic.ts';
import { dbmate } from './dbmate/dbmate.ts';
import { diesel } from './diesel/diesel.ts';
import { django } from './django/django.ts';
import { drizzle } from './drizzle/drizzle.ts';
import { flyway } from './flyway/flyway.ts';
import { golangMigrate } from './golang-migrate/golang-migrate.ts';
import { goose } from './goose/goose.ts';
import { knex } from './knex/knex.ts';
import { migratus } from './migratus/migratus.ts';
import { nodePgMigrate } from './node-pg-migrate/node-pg-migrate.ts';
import { prisma } from './prisma/prisma.ts';
import { rails } from './rails/rails.ts';
import { sqitch } from './sqitch/sqitch.ts';
import { sqlx } from './sqlx/sqlx.ts';
import type { ToolAdapter } from './tool-adapter.ts';

/** One line a tool, in the order of the alphabet. */
const adapters: Readonly<Record<MigrationToolName, ToolAdapter>> = {
  alembic,
  dbmate,
  diesel,
  django,
  drizzle,
  flyway,
  'golang-migrate': golangMigrate,
  goose,
  knex,
  migratus,
  'node-pg-migrate': nodePgMigrate,
  prisma,
  rails,
  sqitch,
  sqlx,
};

/** What is known of the tool that a project uses; undefined for plain files and for commands that nobody knows. */
export function adapterOf({ adapter }: Pick<MigrateSettings, 'adapter'>): ToolAdapter | undefined {
  return adapter === undefined ? undefined : adapters[adapter];
}
