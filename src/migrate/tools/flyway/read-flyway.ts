import type { Failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { refuseFile } from '../refuse-file.ts';
import { flywayChecksum } from './checksum.ts';
import { compareFlywayVersions, type FlywayName, type FlywayVersion, readFlywayName, usualNaming } from './file-name.ts';
import { type FlywaySettings, readConf } from './flyway-settings.ts';
import { replacePlaceholders } from './placeholders.ts';
import { flywayTransaction, waitsForOthers } from './transactions.ts';

export interface FlywayReading {
  readonly settings: FlywaySettings;
  /** Flyway itself runs them: placeholders and callbacks are its own business. */
  readonly byTool: boolean;
  /** Values of `${flyway:…}`, by name in small letters. */
  readonly ownPlaceholders: ReadonlyMap<string, string>;
}

interface Found {
  readonly file: MigrationFile;
  readonly name: Exclude<FlywayName, { kind: 'callback' | 'misnamed' }>;
}

type Versioned = Found & { readonly name: { readonly version: FlywayVersion } };

/**
 * `V<version>__<description>.sql` in the order of versions, then `R__<description>.sql` in that of descriptions; `U` is the way down of the same version. `B`, which stands
 * for everything up to its version, is there only where the files that it stands for are gone: Flyway runs it on empty databases, and production isn’t one.
 * From SqlMigrationResolver.java, ResolvedMigrationComparator.java and ParserSqlScript.java of Flyway 6 to 10.
 */
export function readFlyway(files: readonly MigrationFile[], reading: FlywayReading): LayoutReading {
  const problems: Failure[] = [];
  const found: Found[] = [];
  for (const file of files) {
    const base = file.path.split('/').at(-1) ?? file.path;
    const name = readFlywayName(base, isCode(file) ? { ...usualNaming, suffixes: ['.java', '.kt'] } : reading.settings.naming);
    if (name === undefined) continue;
    if (name.kind === 'misnamed') {
      problems.push(refuseFile(file, `is passed over by Flyway in silence: its name ${name.why}`, 'Rename it, or move it away.'));
    } else if (name.kind === 'callback') {
      if (!reading.byTool && runsOnMigrate(name.event)) {
        problems.push(refuseFile(file, 'is a callback, which only Flyway itself runs', 'Set migrate.run to "tool", so that Flyway migrates the clone.'));
      }
    } else found.push({ file, name });
  }
  const order = (kind: FlywayName['kind']) =>
    found.filter((one): one is Versioned => one.name.kind === kind).toSorted((left, right) => compareFlywayVersions(left.name.version, right.name.version));
  const [versions, undos, baselines] = [order('versioned'), order('undo'), order('baseline')];
  const repeatable = found
    .filter(({ name }) => name.kind === 'repeatable')
    .toSorted((left, right) => (left.name.description < right.name.description ? -1 : 1));
  for (const list of [versions, undos, baselines]) problems.push(...sameVersions(list));
  repeatable.forEach((one, at) => {
    const before = repeatable[at - 1];
    if (before?.name.description === one.name.description)
      problems.push(refuseFile(one.file, `has the description of ${before.file.file}: Flyway refuses both`, 'Give one of the two another name.'));
  });
  const migrations: Migration[] = [];
  const configurations = new Map(files.filter(({ path }) => path.endsWith('.conf')).map((file) => [file.path.slice(0, -'.conf'.length), file]));
  for (const one of [...standingIn(baselines, versions), ...versions, ...repeatable]) {
    const way = wayOf(one, reading, configurations.get(one.file.path), problems);
    const undo = 'version' in one.name ? undos.find((other) => compareFlywayVersions(other.name.version, (one as Versioned).name.version) === 0) : undefined;
    const down = undo === undefined ? undefined : wayOf(undo, reading, configurations.get(undo.file.path), problems);
    migrations.push({
      revision: revisionOf(one),
      file: one.file.file,
      sha256: one.file.sha256,
      script: one.file.path,
      ...way,
      ...(undo === undefined || down === undefined
        ? {}
        : { down: down.up, downFile: undo.file.file, downSentAs: down.sentAs ?? (down.optsOutOfTransaction ? 'statements' : 'transaction') }),
      ...(isCode(one.file) ? ({ language: 'code' } as const) : { checksum: String(flywayChecksum(one.file.text)) }),
      ...(one.name.kind === 'versioned' ? { late: lateOf(reading.settings) } : {}),
      ...(one.name.kind === 'repeatable' ? { repeatable: true } : {}),
    });
  }
  return { migrations, problems };
}

/** The file’s name without its ending, if it says by Flyway’s usual letters what it is; or else what it would be called then. */
function revisionOf({ file, name }: Found): string {
  const stem = (file.path.split('/').at(-1) ?? file.path).replace(/\.[^.]+$/, '');
  const usual = readFlywayName(`${stem}.sql`);
  if (usual?.kind === name.kind) return stem;
  const description = name.description.replaceAll(' ', '_');
  if (name.kind === 'repeatable') return `R__${description}`;
  const letter = { versioned: 'V', undo: 'U', baseline: 'B' }[name.kind];
  return `${letter}${name.version.text}${description === '' ? '' : `__${description}`}`;
}

function isCode({ path }: MigrationFile): boolean {
  return /\.(java|kt)$/.test(path);
}

/** The newest B, where none of the files is left that it stands for. */
function standingIn(baselines: readonly Versioned[], versions: readonly Versioned[]): readonly Versioned[] {
  const newest = baselines.at(-1);
  if (newest === undefined || versions.some(({ name }) => compareFlywayVersions(name.version, newest.name.version) <= 0)) return [];
  return [newest];
}

function wayOf(
  { file }: Found,
  { settings, byTool, ownPlaceholders }: FlywayReading,
  configuration: MigrationFile | undefined,
  problems: Failure[],
): Pick<Migration, 'up' | 'upLine' | 'optsOutOfTransaction' | 'sentAs' | 'stops'> {
  if (byTool || isCode(file)) return { up: file.text, upLine: 1, optsOutOfTransaction: false };
  const own = readConf(configuration?.text ?? '');
  const should = own.get('shouldExecute');
  if (configuration !== undefined && should !== undefined && should !== true) {
    problems.push(refuseFile(configuration, 'has shouldExecute, whose condition only Flyway can tell', 'Set migrate.run to "tool".'));
  }
  let up = file.text;
  if (settings.replacePlaceholders && own.get('placeholderReplacement') !== false) {
    const name = file.path.split('/').at(-1) ?? file.path;
    const replaced = replacePlaceholders(up, new Map([...settings.placeholders, ...ownPlaceholders, ['flyway:filename', name]]), settings.marks);
    for (const { name: unknown, line } of replaced.unknown) problems.push(refuseFile(file, ...unknownPlaceholder(unknown), line));
    up = replaced.text;
  }
  const transaction = flywayTransaction(up);
  const said = own.get('executeInTransaction') ?? (settings.inTransaction ? undefined : false);
  const without = said === false || (said === undefined && transaction.kind !== 'transaction');
  const mixed = transaction.kind === 'mixed' && !settings.mixed ? transaction.line : undefined;
  const waits = settings.locksInTransaction ? waitsForOthers(up) : undefined;
  return {
    ...{ up, upLine: 1 },
    ...(without && mixed === undefined ? { optsOutOfTransaction: true } : { optsOutOfTransaction: false, sentAs: 'transaction' }),
    ...(mixed !== undefined ? { stops: ofMixed(file, mixed) } : waits !== undefined ? { stops: ofWaiting(file, waits) } : {}),
  };
}

function ofMixed({ file }: MigrationFile, line: number): NonNullable<Migration['stops']> {
  return {
    message: `Flyway would stop at ${file}:${line}: statements that can’t run in a transaction stand beside others in one file.`,
    cure: 'Put each of them into a file of its own, or set mixed in flyway.toml, which pgrehearse reads.',
    line,
  };
}

function ofWaiting({ file }: MigrationFile, line: number): NonNullable<Migration['stops']> {
  return {
    message: `Flyway (since 9.1.2) would never get past ${file}:${line}: CONCURRENTLY waits for every open transaction, and Flyway keeps one open for its lock.`,
    cure: 'Set postgresql.transactional.lock = false under [flyway] in flyway.toml, which pgrehearse reads, or deploy with an older Flyway.',
    line,
  };
}

function unknownPlaceholder(name: string): readonly [what: string, cure: string] {
  const cures: Readonly<Record<string, string>> = {
    'flyway:defaultschema': 'Set defaultSchema in flyway.toml, or migrate.ledger.table as schema.table.',
    'flyway:user': 'Set migrate.role.',
  };
  const cure = cures[name.toLowerCase()] ?? 'Give it a value under [flyway.placeholders] in flyway.toml, or set migrate.run to "tool".';
  return [`uses the placeholder ${name}, whose value isn’t known here`, cure];
}

function runsOnMigrate(event: string): boolean {
  return /Migrate|Versioned|Repeatables|Connect|Validate|createSchema/.test(event) && !/Error$|Undo/.test(event);
}

function lateOf({ outOfOrder, refusesIgnored }: FlywaySettings): NonNullable<Migration['late']> {
  return outOfOrder ? 'applied' : refusesIgnored ? 'refused' : 'skipped';
}

function sameVersions(sorted: readonly Versioned[]): readonly Failure[] {
  return sorted.flatMap((one, at) => {
    const before = sorted[at - 1];
    if (before === undefined || compareFlywayVersions(before.name.version, one.name.version) !== 0) return [];
    return [refuseFile(one.file, `has version ${one.name.version.text}, as ${before.file.file}: Flyway refuses both`, 'Give one of the two another version.')];
  });
}
