import { failure } from '../../../core/failure.ts';
import { readLedger } from '../../read-ledger.ts';
import { readMigrationFiles } from '../../read-migration-files.ts';
import { historyOf } from '../history-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { idOf, readMigratus } from './read-migratus.ts';

/** The row that is there while migratus works. */
const reservation = '-1';

/**
 * migratus (Clojure). All ids that aren't recorded run, in the order of their numbers, also those that are older than the newest. While it works a row with id -1 stands in its ledger;
 * where one is left over, migratus does nothing and ends as if all were well.
 *
 * Source: migratus 1.5, database.clj, migrations.clj and its README.
 */
export const migratus: ToolAdapter = {
  name: 'migratus',

  async readHistory(projectFolder, { folder = 'resources/migrations' }) {
    const files = await readMigrationFiles(projectFolder, folder, { names: /\.(sql|edn)$/, depth: 9 });
    return files.ok ? historyOf(readMigratus(files.value), folder, 'migratus') : files;
  },

  async readLedger(session, ledger, migrations) {
    const byId = new Map(migrations.map(({ revision }) => [idOf(revision), revision]));
    const rows = await readLedger(session, ledger);
    return rows.filter(({ value }) => value !== reservation).map((row) => ({ ...row, value: byId.get(row.value) ?? row.value }));
  },

  async refusals(session, ledger) {
    const [held] = await session.query<{ n: number }>(`select count(*)::int as n from ${ledger.sqlName} l where l.id = -1`);
    if (held === undefined || held.n === 0) return [];
    return [
      failure('migration-lock-held', `${ledger.sqlName} is reserved by a row with id -1: migratus would apply nothing and say nothing of it.`, {
        object: ledger.sqlName,
        cure: `See in production whether a migration is running; if none is, delete that row there: delete from ${ledger.sqlName} where id = -1;`,
      }),
    ];
  },

  ledgerValues({ revision }) {
    return { id: idOf(revision), applied: 'now', description: revision.slice(revision.indexOf('-') + 1) };
  },

  ledgerDdl({ sqlName }) {
    return `create table ${sqlName} (id bigint unique not null, applied timestamp, description varchar(1024));`;
  },

  commands({ program = ['lein', 'migratus'] }) {
    return {
      up: [...program, 'migrate'],
      upOne: (revision) => [...program, 'up', idOf(revision)],
      downOne: (revision) => [...program, 'down', idOf(revision)],
      current: [...program, 'pending'],
    };
  },
};
