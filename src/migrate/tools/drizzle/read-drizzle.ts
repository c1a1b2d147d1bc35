import { createHash } from 'node:crypto';
import type { Failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { refuseFile } from '../refuse-file.ts';
import { type JournalEntry, readJournal } from './journal.ts';

const journalPath = 'meta/_journal.json';

/**
 * Drizzle's migrations in its own order. Until drizzle-orm 1.0 that is the order of meta/_journal.json, from 1.0 on that of the folders' names
 * (`<time>_name/migration.sql`). A file that the journal doesn't name would never run, and an entry without its file stops drizzle: both are problems.
 */
export function readDrizzle(files: readonly MigrationFile[]): LayoutReading {
  const journal = files.find(({ path }) => path === journalPath);
  const folders = files.filter(({ path }) => /^[^/]+\/migration\.sql$/.test(path));
  const read = journal === undefined ? readFolders(folders) : readByJournal(journal, files);
  const marked = read.migrations.flatMap(({ file }) => {
    const found = files.find((one) => one.file === file);
    return found !== undefined && beginsWithMark(found)
      ? [refuseFile(found, 'begins with a byte order mark, which drizzle would send to the server', 'Save it as UTF-8 without a mark.')]
      : [];
  });
  return { migrations: read.migrations, problems: [...read.problems, ...(journal === undefined ? [] : folders.map(besideJournal)), ...marked] };
}

function readByJournal(journal: MigrationFile, files: readonly MigrationFile[]): LayoutReading {
  const { entries, problems } = readJournal(journal.file, journal.text);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const named = new Set(entries.map(({ tag }) => `${tag}.sql`));
  const migrations = entries.flatMap((entry) => {
    const file = byPath.get(`${entry.tag}.sql`);
    return file === undefined ? [] : [migrationOf(entry, file, 'skipped')];
  });
  const missing = entries
    .filter(({ tag }) => !byPath.has(`${tag}.sql`))
    .map(({ tag }) => refuseFile(journal, `names ${tag}, and there is no ${tag}.sql`, 'Restore the file, or take the entry out of the journal.'));
  // What can't be read of a broken journal may well name them.
  const strangers = problems.length > 0 ? [] : files.filter(({ path }) => /^[^/]+\.sql$/.test(path) && !named.has(path));
  return {
    migrations,
    problems: [
      ...problems,
      ...missing,
      ...strangers.map((file) =>
        refuseFile(file, `is not in ${journal.file}, so drizzle would never run it`, 'Make it with drizzle-kit generate --custom, or remove it.'),
      ),
    ],
  };
}

function readFolders(files: readonly MigrationFile[]): LayoutReading {
  const problems: Failure[] = [];
  const migrations = files
    .map((file) => ({ file, tag: file.path.split('/')[0] ?? '' }))
    // As drizzle sorts, which matters for names of one second only.
    .toSorted((left, right) => left.tag.localeCompare(right.tag))
    .flatMap(({ file, tag }) => {
      const when = timeOfFolder(tag);
      if (when !== undefined) return [migrationOf({ tag, when }, file, 'applied')];
      problems.push(
        refuseFile(
          file,
          'is in a folder that doesn’t begin with a time, which drizzle would record as no time at all',
          'Name the folder <yyyymmddhhmmss>_name.',
        ),
      );
      return [];
    });
  return { migrations, problems };
}

function timeOfFolder(name: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name)?.map(Number) ?? [];
  return year === undefined ? undefined : Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second);
}

function migrationOf({ tag, when }: JournalEntry, { file, sha256, text }: MigrationFile, late: 'skipped' | 'applied'): Migration {
  // The marks between its statements are comments to everybody else.
  return { revision: tag, file, sha256, up: text, upLine: 1, optsOutOfTransaction: false, timestampMs: when, sentAs: 'transaction', late };
}

function beginsWithMark({ text, sha256 }: MigrationFile): boolean {
  return createHash('sha256').update(text).digest('hex') !== sha256;
}

function besideJournal(file: MigrationFile): Failure {
  return refuseFile(file, `is of drizzle 1.0’s layout, and ${journalPath} beside it makes drizzle 1.0 stop without running anything`, 'Run drizzle-kit up.');
}
