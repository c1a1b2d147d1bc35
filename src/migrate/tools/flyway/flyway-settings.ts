import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readToml, type TomlValue } from '../toml/read-toml.ts';
import { type FlywayNaming, usualNaming } from './file-name.ts';

/** What of a team’s flyway.toml or flyway.conf changes what is applied, and how. */
export interface FlywaySettings {
  readonly naming: FlywayNaming;
  /** Folders of `filesystem:` locations, relative to where Flyway is started. */
  readonly folders: readonly string[];
  readonly outOfOrder: boolean;
  /** validateOnMigrate, and no pattern that lets ignored ones pass. */
  readonly refusesIgnored: boolean;
  readonly mixed: boolean;
  readonly inTransaction: boolean;
  /** postgresql.transactional.lock: Flyway keeps a transaction open beside the migration, for which CREATE INDEX CONCURRENTLY waits for ever. */
  readonly locksInTransaction: boolean;
  readonly replacePlaceholders: boolean;
  readonly marks: { readonly prefix: string; readonly suffix: string };
  /** By name in small letters. */
  readonly placeholders: ReadonlyMap<string, string>;
  readonly defaultSchema: string | undefined;
  /** Keys whose effect isn’t rehearsed when pgrehearse runs the statements, with their values. */
  readonly notFollowed: readonly string[];
}

/** A SyntaxError’s message where a file can’t be read. */
export type ReadFlywaySettings = { readonly settings: FlywaySettings } | { readonly file: string; readonly problem: string };

/** Reads flyway.toml, or else flyway.conf, in the folder in which Flyway is started. Without either, everything is as usual. */
export async function readFlywaySettings(startFolder: string): Promise<ReadFlywaySettings> {
  for (const [file, parse] of [
    ['flyway.toml', readToml],
    ['flyway.conf', readConf],
  ] as const) {
    const text = await readFile(join(startFolder, file), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    try {
      return { settings: settingsOf(parse(text)) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { file, problem: error.message };
    }
  }
  return { settings: settingsOf(new Map()) };
}

/** `key=value` lines, as in flyway.conf and in the .conf beside a script. */
export function readConf(text: string): ReadonlyMap<string, TomlValue> {
  const values = new Map<string, TomlValue>();
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (/^\s*(#|$)/.test(line) || at === -1) continue;
    const value = line.slice(at + 1).trim();
    values.set(line.slice(0, at).trim(), value === 'true' || value === 'false' ? value === 'true' : value);
  }
  return values;
}

/** Changes which files are applied, or how, in ways that we don’t follow. */
const unfollowed = ['target', 'cherryPick', 'group', 'skipExecutingMigrations', 'initSql', 'stream', 'baselineOnMigrate'];

function settingsOf(values: ReadonlyMap<string, TomlValue>): FlywaySettings {
  const get = (key: string) => values.get(`flyway.${key}`);
  const text = (key: string, usual: string) => String(get(key) ?? usual);
  const list = (key: string) => listOf(get(key));
  const suffixes = list('sqlMigrationSuffixes');
  const placeholders = [...values].flatMap(([key, value]) =>
    key.startsWith('flyway.placeholders.') ? [[key.slice('flyway.placeholders.'.length).toLowerCase(), String(value)] as const] : [],
  );
  const encoding = text('encoding', 'UTF-8');
  return {
    naming: {
      versioned: text('sqlMigrationPrefix', usualNaming.versioned),
      repeatable: text('repeatableSqlMigrationPrefix', usualNaming.repeatable),
      undo: text('undoSqlMigrationPrefix', usualNaming.undo),
      baseline: text('baselineMigrationPrefix', usualNaming.baseline),
      separator: text('sqlMigrationSeparator', usualNaming.separator),
      suffixes: suffixes.length === 0 ? usualNaming.suffixes : suffixes,
    },
    folders: list('locations').flatMap((location) => (location.startsWith('filesystem:') ? [location.slice('filesystem:'.length)] : [])),
    outOfOrder: get('outOfOrder') === true,
    refusesIgnored: get('validateOnMigrate') !== false && !list('ignoreMigrationPatterns').some((pattern) => /:(ignored|\*)$/.test(pattern)),
    mixed: get('mixed') === true,
    inTransaction: get('executeInTransaction') !== false,
    locksInTransaction: get('postgresql.transactional.lock') !== false,
    replacePlaceholders: get('placeholderReplacement') !== false,
    marks: { prefix: text('placeholderPrefix', '${'), suffix: text('placeholderSuffix', '}') },
    placeholders: new Map(placeholders),
    defaultSchema: listOf(get('defaultSchema'))[0] ?? list('schemas')[0],
    notFollowed: [
      ...unfollowed.flatMap((key) =>
        get(key) === undefined || get(key) === false || get(key) === '' || get(key) === 'latest' ? [] : [`${key} = ${String(get(key))}`],
      ),
      ...(/^utf-?8$/i.test(encoding) ? [] : [`encoding = ${encoding}`]),
    ],
  };
}

function listOf(value: TomlValue | undefined): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' && value !== '' ? value.split(',').map((one) => one.trim()) : [];
}
