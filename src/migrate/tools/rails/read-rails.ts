import type { Failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { refuseFile } from '../refuse-file.ts';

/** Which files Rails looks at, and what their names have to be. */
const considered = /(^|\/)[0-9][^/]*_[^/]*\.rb$/;
const wellNamed = /^([0-9]+)_([_a-z0-9]*)\.?([_a-z0-9]*)?\.rb$/;

/**
 * `<version>_<name>.rb` at any depth, sorted by version as a number; the name without `.rb` is the revision. Two files with one version, or with one class name, are problems:
 * Rails refuses them.
 */
export function readRails(files: readonly MigrationFile[]): LayoutReading {
  const problems: Failure[] = [];
  const versions = new Map<string, MigrationFile>();
  const classes = new Map<string, MigrationFile>();
  const migrations: Migration[] = [];
  for (const file of files) {
    if (!considered.test(file.path)) continue;
    const [, digits, name] = wellNamed.exec(file.path.split('/').at(-1) ?? '') ?? [];
    if (digits === undefined || name === undefined) {
      problems.push(refuseFile(file, 'has a name that Rails refuses', 'Name it <version>_<name>.rb with small letters, digits and underscores.'));
      continue;
    }
    const revision = (file.path.split('/').at(-1) ?? '').slice(0, -'.rb'.length);
    const [sameVersion, sameClass] = [versions.get(versionOf(revision)), classes.get(camelize(name))];
    if (sameVersion !== undefined)
      problems.push(refuseFile(file, `has the version of ${sameVersion.file}: Rails refuses to run`, 'Give one of the two another version.'));
    else if (sameClass !== undefined)
      problems.push(refuseFile(file, `has the class name of ${sameClass.file}: Rails refuses to run`, 'Rename one of the two.'));
    versions.set(versionOf(revision), file);
    classes.set(camelize(name), file);
    migrations.push({
      revision,
      file: file.file,
      sha256: file.sha256,
      up: file.text,
      upLine: 1,
      optsOutOfTransaction: /^\s*disable_ddl_transaction!/m.test(file.text),
      language: 'code',
      late: 'applied',
    });
  }
  return { migrations: migrations.toSorted((left, right) => compare(BigInt(versionOf(left.revision)), BigInt(versionOf(right.revision)))), problems };
}

/**
 * The number in front, as Rails records it: without leading zeroes. What begins with none is given back as it is.
 *
 * @example versionOf('007_add_email') // '7'
 */
export function versionOf(revision: string): string {
  const digits = /^\d+/.exec(revision)?.[0];
  return digits === undefined ? revision : BigInt(digits).toString();
}

/**
 * Teams delete their oldest migrations once a checked-in structure.sql holds what they did; the versions stay in it, and in production. They are part of the history, without a
 * file that could run. Versions in it that are newer than the oldest file come from other branches, and mean nothing.
 */
export function squashedInto({ file, sha256, text }: MigrationFile, migrations: readonly Migration[]): readonly Migration[] {
  const oldest = migrations[0];
  return versionsInStructure(text)
    .filter((version) => oldest === undefined || BigInt(version) < BigInt(versionOf(oldest.revision)))
    .toSorted((left, right) => compare(BigInt(left), BigInt(right)))
    .map((version) => ({ revision: version, file, sha256, up: '', upLine: 1, optsOutOfTransaction: false, language: 'code', late: 'skipped' }));
}

/** The versions that a structure.sql says are applied. */
function versionsInStructure(text: string): readonly string[] {
  const inserted = /insert into\s+(?:[\w"]+\.)?"?schema_migrations"?\s*\(version\)\s*values\s*((?:\s*\('\d+'\)\s*,?)+)/gi;
  return [...text.matchAll(inserted)].flatMap(([, values = '']) => [...values.matchAll(/'(\d+)'/g)].map(([, version = '0']) => BigInt(version).toString()));
}

/** As Rails does: what follows an underscore begins with a capital. */
function camelize(name: string): string {
  return name.replace(/(?:^|_+)([a-z0-9]*)/g, (_, word: string) => word.charAt(0).toUpperCase() + word.slice(1));
}

function compare(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
