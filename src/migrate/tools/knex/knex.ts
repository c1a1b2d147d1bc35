import { extname } from 'node:path/posix';
import { type Failure, failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { Session } from '../../../core/ports.ts';
import { qualifiedName } from '../../../sql/quote.ts';
import type { LedgerTable } from '../../ledger-table.ts';
import type { MigrationFile } from '../../migration-file.ts';
import type { LedgerRow } from '../../read-ledger.ts';
import { readMigrationFiles } from '../../read-migration-files.ts';
import { historyOf } from '../history-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { knexExtensions, readKnex } from './read-knex.ts';

/**
 * Knex. All that isn't recorded runs, also what is older than the newest that is; a recorded name whose file is missing stops it. It locks by a row of a table beside
 * its ledger, which stays when it is killed. Its knexfile is a program: names of tables and folders that differ from the usual come from the settings.
 *
 * Source: knex 3, lib/migrations/migrate.
 */
export const knex: ToolAdapter = {
  name: 'knex',

  async readHistory(projectFolder, { folder = 'migrations', moreFolders = [], extensions = knexExtensions, sortFoldersSeparately = false }) {
    const folders: (readonly MigrationFile[])[] = [];
    // Pictures and the like beside them are nobody's migrations, and no text.
    const names = new RegExp(`(${extensions.map((extension) => extension.replace('.', '\\.')).join('|')})$`);
    for (const one of [folder, ...moreFolders]) {
      const files = await readMigrationFiles(projectFolder, one, { names, depth: 0 });
      if (!files.ok) return files;
      folders.push(files.value);
    }
    return historyOf(readKnex({ folders, extensions, separately: sortFoldersSeparately }), folder, 'Knex');
  },

  sideTables: ['knex_migrations_lock'],

  async refusals(session, ledger, migrations, rows) {
    return [...(await heldLock(session, ledger)), ...missingFiles(migrations, rows)];
  },

  // All of one run are a batch.
  ledgerValues({ revision }) {
    return { name: revision, batch: 1, migration_time: 'now' };
  },

  ledgerDdl({ schema, name, sqlName }) {
    const lock = qualifiedName(schema, `${name}_lock`);
    return `
create table ${sqlName} (id serial primary key, name varchar(255), batch integer, migration_time timestamptz);
create table ${lock} (index serial primary key, is_locked integer);
insert into ${lock} (is_locked) values (0);`;
  },

  commands({ program = ['npx', 'knex'] }) {
    return {
      up: [...program, 'migrate:latest'],
      upOne: (revision) => [...program, 'migrate:up', revision],
      downOne: (revision) => [...program, 'migrate:down', revision],
      current: [...program, 'migrate:list'],
      version: [...program, '--version'],
    };
  },
};

/** Whether Knex finds exactly one row to lock: it sets is_locked from 0 to 1, and goes on only where that was one row. */
const lockQuery = (table: string) => `
select count(*) filter (where l.is_locked = 0)::int as free, count(*)::int as rows
from ${table} l`;

async function heldLock(session: Session, ledger: LedgerTable): Promise<readonly Failure[]> {
  const table = qualifiedName(ledger.schema, `${ledger.name}_lock`);
  const [found] = await session.query<{ there: boolean }>('select pg_catalog.to_regclass($1) is not null as there', [table]);
  if (found?.there !== true) return [];
  const [lock] = await session.query<{ free: number; rows: number }>(lockQuery(table));
  // An empty table gets its row from Knex.
  if (lock === undefined || lock.rows === 0 || lock.free === 1) return [];
  const what = lock.free === 0 ? 'says that a migration is running' : `holds ${lock.rows} rows, where Knex wants one`;
  return [
    failure('migration-lock-held', `${table} ${what}: Knex refuses to migrate.`, {
      object: table,
      cure: 'See in production whether a migration is running; if none is, run `knex migrate:unlock` there.',
    }),
  ];
}

/** Knex calls it a corrupt directory. Often the file is there under another extension: compiled where it was applied, and not here. */
function missingFiles(migrations: readonly Migration[], rows: readonly LedgerRow[]): readonly Failure[] {
  const stem = (name: string) => name.slice(0, name.length - extname(name).length);
  const known = new Set(migrations.map(({ revision }) => revision));
  const byStem = new Map(migrations.map((migration) => [stem(migration.revision), migration]));
  return rows
    .filter(({ value }) => !known.has(value))
    .map(({ value }) => {
      const other = byStem.get(stem(value));
      const here = other === undefined ? 'the repo doesn’t have it' : `here it is ${other.file}`;
      return failure('lineage-unknown-revision', `Production applied ${value}, and ${here}: Knex refuses to migrate.`, {
        object: value,
        ...(other === undefined
          ? {}
          : { place: { file: other.file }, cure: 'Set migrate.folder to where the files are that production runs, such as the compiled ones.' }),
      });
    });
}
