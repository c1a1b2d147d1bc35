import type { Failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { refuseFile } from '../refuse-file.ts';
import { textAsSent } from '../text-as-sent.ts';
import { readToml } from '../toml/read-toml.ts';

/**
 * `<version>_<name>/up.sql` with `down.sql` and `metadata.toml`, sorted by version as text: so does Diesel, for which `9` comes after `10`. The version is what stands
 * before the first underscore, without dashes: 2020-01-01-000000 is recorded as 20200101000000, and that is how the revision begins here.
 * From migrations_internals and file_based_migrations.rs of diesel_migrations 2.
 */
export function readDiesel(files: readonly MigrationFile[]): LayoutReading {
  const folders = new Map<string, Map<string, MigrationFile>>();
  for (const file of files) {
    const [folder = '', name] = file.path.split('/');
    // Files beside the folders are left out.
    if (name === undefined) continue;
    folders.set(folder, (folders.get(folder) ?? new Map()).set(name, file));
  }
  const problems: Failure[] = [];
  const found: { readonly version: string; readonly migration: Migration }[] = [];
  for (const [folder, inside] of folders) {
    const [up, first] = [inside.get('up.sql'), [...inside.values()][0]];
    const version = (folder.split('_', 1)[0] ?? '').replaceAll('-', '');
    if (up === undefined) {
      if (first !== undefined) problems.push(refuseFile(first, 'is in a folder without up.sql: Diesel stops at it', 'Add up.sql, or move the folder away.'));
    } else if (!/^\d+$/.test(version)) {
      problems.push(
        refuseFile(
          up,
          `has the version ${version}, and only versions of digits can be followed`,
          'Name the folder <time>_<name>, as `diesel migration generate` does.',
        ),
      );
    } else found.push({ version, migration: migrationOf(`${version}${folder.includes('_') ? folder.slice(folder.indexOf('_')) : ''}`, up, inside) });
  }
  found.sort((left, right) => (left.version < right.version ? -1 : left.version > right.version ? 1 : 0));
  found.forEach(({ version, migration }, at) => {
    const before = found[at - 1];
    if (before?.version === version)
      problems.push(refuseFile(migration, `has the version of ${before.migration.file}: Diesel runs only one of the two`, 'Rename one of the folders.'));
  });
  return { migrations: found.map(({ migration }) => migration), problems };
}

function migrationOf(revision: string, up: MigrationFile, inside: ReadonlyMap<string, MigrationFile>): Migration {
  const down = inside.get('down.sql');
  return {
    revision,
    file: up.file,
    sha256: up.sha256,
    up: textAsSent(up),
    upLine: 1,
    ...(down === undefined ? {} : { down: textAsSent(down), downFile: down.file }),
    optsOutOfTransaction: false,
    sentAs: runsInTransaction(inside.get('metadata.toml')) ? 'transaction' : 'one-query',
    // Whatever the ledger lacks is applied, in order.
    late: 'applied',
    ...(up.text === '' ? { stops: { message: `Diesel would stop at ${up.file}, which is empty.`, cure: 'Write at least a comment into it.' } } : {}),
  };
}

/**
 * Without metadata.toml, or with one that isn’t TOML, Diesel takes a transaction; with one that doesn’t say `run_in_transaction` it takes none, since that is the default
 * of the key but not of the file.
 */
function runsInTransaction(metadata: MigrationFile | undefined): boolean {
  if (metadata === undefined) return true;
  try {
    return readToml(metadata.text).get('run_in_transaction') === true;
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}
