import { failure } from '../../../core/failure.ts';
import { quoteIdentifier } from '../../../sql/quote.ts';
import { readMigrationFiles } from '../../read-migration-files.ts';
import { historyOf } from '../history-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { readNodePgMigrate, timeOfName } from './read-node-pg-migrate.ts';

/**
 * node-pg-migrate. It sorts by the time in the names, and refuses where what is recorded, in the order in which it ran, isn't the beginning of that list. Its lock is an
 * advisory one, which ends with its session.
 *
 * Source: node-pg-migrate 9.0.0, runner.ts, migration.ts and migrationLoader.ts.
 */
export const nodePgMigrate: ToolAdapter = {
  name: 'node-pg-migrate',

  async readHistory(projectFolder, { folder = 'migrations' }) {
    const files = await readMigrationFiles(projectFolder, folder, { names: /\.([cm]?[jt]s|sql)$/, depth: 0 });
    return files.ok ? historyOf(readNodePgMigrate(files.value), folder, 'node-pg-migrate') : files;
  },

  async refusals(session, ledger, migrations, _rows, { program = [] }) {
    if (program.includes('--no-check-order')) return [];
    const name = quoteIdentifier(ledger.column);
    const ran = await session.query<{ name: string }>(`select l.${name} as name from ${ledger.sqlName} l order by l.run_on, l.id`);
    const at = ran.findIndex((row, index) => migrations[index] !== undefined && migrations[index].revision !== row.name);
    const [before, after] = [migrations[at], ran[at]];
    if (before === undefined || after === undefined) return [];
    return [
      failure('migration-order', `${before.revision} comes before ${after.name}, which production ran in its place: node-pg-migrate refuses to migrate.`, {
        object: before.revision,
        place: { file: before.file },
        cure: 'Give the migration a later time, or put --no-check-order into migrate.program if the team migrates so.',
      }),
    ];
  },

  ledgerValues({ revision }) {
    return { name: revision };
  },

  commands({ program = ['npx', 'node-pg-migrate'] }) {
    const upTo = (revision: string) => [...program, 'up', String(timeOfName(revision)), '--timestamp'];
    return {
      up: [...program, 'up'],
      upTo,
      upOne: (revision) => [...program, 'up', revision],
      stamp: (revision) => [...upTo(revision), '--fake'],
      stampOne: (revision) => [...program, 'up', revision, '--fake'],
      // The time is the first that is taken back.
      downTo: (revision) => [...program, 'down', String(revision === undefined ? 0 : timeOfName(revision) + 1), '--timestamp'],
      downOne: (revision) => [...program, 'down', revision],
      version: [...program, '--version'],
    };
  },
};
