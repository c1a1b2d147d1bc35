import { failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import { quoteIdentifier } from '../../../sql/quote.ts';
import { readMigrationFiles } from '../../read-migration-files.ts';
import { historyOf } from '../history-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { readDrizzle } from './read-drizzle.ts';
import { asLedgerRow, migrationOfRow, readDrizzleRows } from './read-drizzle-ledger.ts';

/**
 * Drizzle. Until drizzle-orm 1.0 only migrations run whose time in the journal is later than the newest that is recorded; the others are passed over in silence. From 1.0 on,
 * all run that aren't recorded by name. Everything pending is one transaction. There is no way down and no stamp.
 *
 * Source: drizzle-orm's migrator.ts and pg-core/dialect.ts, 0.45.4 and 1.0.0-rc.5.
 */
export const drizzle: ToolAdapter = {
  name: 'drizzle',

  async readHistory(projectFolder, { folder = 'drizzle' }) {
    const files = await readMigrationFiles(projectFolder, folder, { names: /(\.sql|^_journal\.json)$/ });
    return files.ok ? historyOf(readDrizzle(files.value), folder, 'Drizzle') : files;
  },

  async readLedger(session, ledger, migrations) {
    return (await readDrizzleRows(session, ledger)).map((row) => asLedgerRow(row, migrations));
  },

  skips(migrations, applied) {
    if (migrations.some(hasFolder)) return [];
    const newest = Math.max(...migrations.map(({ revision, timestampMs }) => (applied.has(revision) && timestampMs !== undefined ? timestampMs : -Infinity)));
    return migrations.filter(({ revision, timestampMs = 0 }) => !applied.has(revision) && timestampMs <= newest).map(({ revision }) => revision);
  },

  async refusals(session, ledger, migrations) {
    if (migrations.some(hasFolder)) return [];
    const rows = await readDrizzleRows(session, ledger);
    const newest = Math.max(...rows.map(({ createdAt }) => createdAt ?? -Infinity));
    return rows.flatMap((row) => {
      const migration = migrationOfRow(row, migrations);
      if (migration?.timestampMs === undefined || migration.timestampMs <= newest) return [];
      const { revision, file, timestampMs } = migration;
      return failure(
        'migration-order',
        `${revision} is applied, and its time in the journal is now later than the newest that is recorded: drizzle would run it again.`,
        {
          object: revision,
          place: { file },
          cure: `Set "when" of ${revision} in meta/_journal.json back to ${row.createdAt}; it is ${timestampMs}.`,
        },
      );
    });
  },

  ledgerValues({ revision, sha256, timestampMs }) {
    return { hash: sha256, created_at: timestampMs, name: revision };
  },

  ledgerDdl({ schema, sqlName }) {
    return `
create schema if not exists ${quoteIdentifier(schema)};
create table ${sqlName} (id serial primary key, hash text not null, created_at bigint);`;
  },

  commands({ program = ['npx', 'drizzle-kit'] }) {
    return { up: [...program, 'migrate'], version: [...program, '--version'] };
  },
};

/** Whether the files are laid out as drizzle 1.0 does. */
function hasFolder({ file, revision }: Migration): boolean {
  return file.endsWith(`/${revision}/migration.sql`);
}
