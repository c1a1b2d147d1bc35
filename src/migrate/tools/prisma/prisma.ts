import type { Failure } from '../../../core/failure.ts';
import { readPrismaFolders } from '../../layouts/prisma-folders.ts';
import type { MigrationFile } from '../../migration-file.ts';
import { readMigrationFiles } from '../../read-migration-files.ts';
import { foldersWithout } from '../folders-without.ts';
import { historyOf } from '../history-of.ts';
import { refuseFile } from '../refuse-file.ts';
import type { ToolAdapter } from '../tool-adapter.ts';

/**
 * Prisma Migrate. All folders that aren't recorded run, by name, also those that are older than the newest; a row that began and never ended stops it. It compares no checksums
 * when it deploys: an edited file shows only in its ledger.
 *
 * Source: prisma-engines, schema-engine/commands, and Prisma's documentation of `migrate deploy` and `migrate resolve`.
 */
export const prisma: ToolAdapter = {
  name: 'prisma',

  async readHistory(projectFolder, { folder = 'prisma/migrations' }) {
    const files = await readMigrationFiles(projectFolder, folder, { names: /(\.sql|^migration_lock\.toml)$/ });
    if (!files.ok) return files;
    const { migrations, problems } = readPrismaFolders(files.value);
    const sent = migrations.map((migration) => ({ ...migration, sentAs: 'one-query' as const, late: 'applied' as const }));
    // Where files lie in such a folder, the layout has told it.
    const known = new Set(problems.map(({ object = '' }) => object.slice(0, object.lastIndexOf('/'))));
    const empty = (await foldersWithout(projectFolder, folder, 'migration.sql', 'Prisma')).filter(({ object = '' }) => !known.has(object));
    return historyOf({ migrations: sent, problems: [...problems, ...empty, ...files.value.flatMap(otherProvider)] }, folder, 'Prisma');
  },

  ledgerValues({ revision, sha256 }) {
    return { migration_name: revision, checksum: sha256 };
  },

  ledgerDdl({ sqlName }) {
    return `
create table ${sqlName} (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null, logs text,
  rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0);`;
  },

  commands({ program = ['npx', 'prisma'] }) {
    return {
      up: [...program, 'migrate', 'deploy'],
      stampOne: (revision) => [...program, 'migrate', 'resolve', '--applied', revision],
      current: [...program, 'migrate', 'status'],
    };
  },
};

/** Prisma refuses migrations that were made for another database system. */
function otherProvider(file: MigrationFile): readonly Failure[] {
  if (file.path !== 'migration_lock.toml') return [];
  const provider = /^\s*provider\s*=\s*["']([^"']*)["']/m.exec(file.text)?.[1];
  if (provider === undefined || ['postgresql', 'postgres', 'cockroachdb'].includes(provider)) return [];
  return [refuseFile(file, `says that the migrations are made for ${provider}`, 'Set migrate.folder to the migrations that are made for PostgreSQL.')];
}
