import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import { fail } from '../../../core/result.ts';
import { matchRevisions } from '../../match-revisions.ts';
import type { LedgerRow } from '../../read-ledger.ts';
import { folderFromStart } from '../folder-from-start.ts';
import { readFilesOf } from '../read-files-of.ts';
import { readToml, type TomlValue } from '../toml/read-toml.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { versionText } from '../version-text.ts';
import { checksumOf, readSqlx } from './read-sqlx.ts';

/**
 * sqlx (https://github.com/launchbadge/sqlx), as 0.8 and 0.9 work: whatever the ledger lacks is applied in order of numbers; a file whose SHA-384 isn’t the one in
 * the ledger, or that is missing, makes it stop, and so does a row without success.
 */
export const sqlx: ToolAdapter = {
  name: 'sqlx',
  async readHistory(projectFolder, settings) {
    const ignored = await ignoredCharacters(join(projectFolder, 'sqlx.toml'));
    if (ignored === undefined) {
      return fail(
        failure('migration-format', 'sqlx.toml could not be understood, so checksums can’t be told', { object: 'sqlx.toml', place: { file: 'sqlx.toml' } }),
      );
    }
    return await readFilesOf(projectFolder, settings, (files) => readSqlx(files, ignored));
  },
  wasEdited: (migration, row) => {
    if (row.checksum === undefined || migration.checksum === undefined) return undefined;
    return row.checksum !== migration.checksum && !otherLineEnds(migration, row);
  },
  // Where git changed the line ends, nobody edited anything; sqlx compares bytes all the same.
  refusals: async (_session, _ledger, migrations, rows) => {
    const find = matchRevisions(migrations, 'version');
    const other = rows.flatMap((row) => {
      const migration = row.state === 'applied' ? find(row.value) : undefined;
      return migration !== undefined && row.checksum !== migration.checksum && otherLineEnds(migration, row) ? [migration] : [];
    });
    const [first] = other;
    if (first === undefined) return [];
    const message = `sqlx would apply nothing: ${other.map(({ revision }) => revision).join(', ')} ${other.length === 1 ? 'has' : 'have'} other line ends here than when applied, and sqlx compares bytes.`;
    const cure = 'Keep the line ends with `*.sql text eol=lf` (or -text) in .gitattributes, or ignore \\r by migrate.ignored-chars in sqlx.toml.';
    return [failure('tool-refuses', message, { object: first.revision, place: { file: first.file }, cure })];
  },
  // sqlx writes -1 with the migration, and how long it took afterwards: a detail of no meaning.
  ledgerValues: (migration) => ({
    version: versionText(migration.revision),
    description: descriptionOf(migration),
    success: true,
    checksum: `\\x${migration.checksum ?? ''}`,
    execution_time: -1,
  }),
  commands(settings) {
    const { program = ['sqlx'] } = settings;
    const source = ['--source', folderFromStart(settings)];
    return {
      up: [...program, 'migrate', 'run', ...source],
      upTo: (revision) => [...program, 'migrate', 'run', ...source, '--target-version', versionText(revision)],
      downTo: (revision) => [...program, 'migrate', 'revert', ...source, '--target-version', revision === undefined ? '0' : versionText(revision)],
      current: [...program, 'migrate', 'info', ...source],
    };
  },
};

/** What follows the version, without the ending however often it is repeated, underscores as blanks: as sqlx cuts it. */
function descriptionOf({ file }: Migration): string {
  const name = file.split('/').at(-1) ?? file;
  const ending = name.endsWith('.up.sql') ? '.up.sql' : '.sql';
  let rest = name.slice(name.indexOf('_') + 1);
  while (rest.endsWith(ending)) rest = rest.slice(0, -ending.length);
  return rest.replaceAll('_', ' ');
}

function otherLineEnds({ up }: Migration, row: LedgerRow): boolean {
  const unix = up.replaceAll('\r\n', '\n');
  return [unix, unix.replaceAll('\n', '\r\n')].some((text) => checksumOf(text) === row.checksum?.toLowerCase());
}

async function ignoredCharacters(file: string): Promise<readonly string[] | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    const found: TomlValue = readToml(text).get('migrate.ignored-chars') ?? [];
    return Array.isArray(found) ? found.map(String) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
