import { dirname } from 'node:path/posix';
import { qualifiedName } from '../../../sql/quote.ts';
import type { MigrationFile } from '../../migration-file.ts';
import { readLedger } from '../../read-ledger.ts';
import { readMigrationFiles } from '../../read-migration-files.ts';
import { historyOf } from '../history-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { readRails, squashedInto, versionOf } from './read-rails.ts';

/**
 * Rails (Active Record). All versions that aren't recorded run, in the order of their numbers, also those that are older than the newest. Rows of versions whose file is gone
 * don't disturb it. Outside of the production environment it writes db/schema.rb or structure.sql anew from the database that it has migrated.
 *
 * Source: activerecord/lib/active_record/migration.rb, 6.1 to 8.0.
 */
export const rails: ToolAdapter = {
  name: 'rails',

  async readHistory(projectFolder, { folder = 'db/migrate', moreFolders = [] }) {
    const all: MigrationFile[] = [];
    for (const one of [folder, ...moreFolders]) {
      const files = await readMigrationFiles(projectFolder, one, { names: /\.rb$/, depth: 9 });
      if (!files.ok) return files;
      all.push(...files.value);
    }
    const { migrations, problems } = readRails(all);
    const structure = await readMigrationFiles(projectFolder, dirname(folder), { names: /^structure\.sql$/, depth: 0 });
    const squashed = structure.ok ? structure.value.flatMap((file) => squashedInto(file, migrations)) : [];
    return historyOf({ migrations: [...squashed, ...migrations], problems }, folder, 'Rails');
  },

  // Without its file, a version that production lacks can never get there.
  skips(migrations, applied) {
    return migrations.filter(({ revision, late }) => late === 'skipped' && !applied.has(revision)).map(({ revision }) => revision);
  },

  // The environment that last migrated is noted there.
  sideTables: ['ar_internal_metadata'],

  async readLedger(session, ledger, migrations) {
    const byVersion = new Map(migrations.map(({ revision }) => [versionOf(revision), revision]));
    // Rails compares numbers: the row 007 is version 7.
    return (await readLedger(session, ledger)).map((row) => ({ ...row, value: byVersion.get(versionOf(row.value)) ?? row.value }));
  },

  ledgerValues({ revision }) {
    return { version: versionOf(revision) };
  },

  ledgerDdl({ schema, sqlName }) {
    return `
create table ${sqlName} (version varchar not null primary key);
create table ${qualifiedName(schema, 'ar_internal_metadata')} (
  key varchar not null primary key, value varchar, created_at timestamp(6) not null, updated_at timestamp(6) not null);`;
  },

  commands({ program = ['bin/rails'] }) {
    const to = (version: string) => [...program, 'db:migrate', `VERSION=${version}`];
    return {
      up: [...program, 'db:migrate'],
      upTo: (revision) => to(versionOf(revision)),
      upOne: (revision) => [...program, 'db:migrate:up', `VERSION=${versionOf(revision)}`],
      downOne: (revision) => [...program, 'db:migrate:down', `VERSION=${versionOf(revision)}`],
      downTo: (revision) => to(revision === undefined ? '0' : versionOf(revision)),
      current: [...program, 'db:migrate:status'],
      version: [...program, '--version'],
    };
  },
};
