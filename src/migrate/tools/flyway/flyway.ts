import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Failure, failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import { fail, type Result } from '../../../core/result.ts';
import type { MigrateSettings } from '../../migrate-settings.ts';
import type { MigrationFile } from '../../migration-file.ts';
import { readMigrationFiles } from '../../read-migration-files.ts';
import { historyOf } from '../history-of.ts';
import { lateRefusals, lateSkips, stops } from '../late-migrations.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { compareFlywayVersions, readFlywayName, readFlywayVersion } from './file-name.ts';
import { type FlywaySettings, readFlywaySettings } from './flyway-settings.ts';
import { readFlyway } from './read-flyway.ts';
import { abbreviated, type FlywayIdentity, type HistoryRow, historyRows, readHistoryTable } from './read-history-table.ts';

/** Flyway looks into folders of any depth. */
const allDepths = 20;
const resources = 'src/main/resources';
const languages = ['java', 'kotlin'];

/**
 * Flyway (https://github.com/flyway/flyway), as 6 to 10 work in the community’s edition. A version below the newest applied one is ignored, at which `validate` stops before
 * anything is applied, unless outOfOrder or ignoreMigrationPatterns say otherwise. flyway.toml or flyway.conf is read; environment variables and Spring’s settings aren’t.
 */
export const flyway: ToolAdapter = {
  name: 'flyway',
  async readHistory(projectFolder, settings) {
    const start = settings.tool === 'command' ? (settings.workingFolder ?? '.') : startAbove(projectFolder, settings.folder ?? '.');
    const read = await readFlywaySettings(join(projectFolder, start));
    if ('problem' in read)
      return fail(failure('migration-format', `${read.file} could not be understood: ${read.problem}`, { object: read.file, place: { file: read.file } }));
    const followed = followable(settings, read.settings, start);
    if (followed !== undefined) return fail(followed);
    const folders = read.settings.folders.length === 0 ? [settings.folder ?? '.'] : read.settings.folders.map((folder) => join(start, folder));
    return await readFolders(projectFolder, settings, read.settings, folders);
  },
  readLedger: async (session, ledger, migrations) => historyRows(await readHistoryTable(session, ledger), migrations.map(identityOf)),
  wasEdited: (migration, row) => (row.checksum === undefined || migration.checksum === undefined ? undefined : row.checksum !== migration.checksum),
  skips: lateSkips,
  async refusals(session, ledger, migrations, rows) {
    const late = lateRefusals(migrations, rows, {
      tool: 'Flyway',
      cure: 'Give it a version above the newest applied one, or set outOfOrder in flyway.toml, which pgrehearse reads.',
    });
    const renamed = describedOtherwise(await readHistoryTable(session, ledger), migrations);
    return [...late, ...renamed, ...stops(migrations, rows)];
  },
  // installed_rank, installed_by and installed_on are filled as for any such table.
  ledgerValues(migration) {
    const { version, description } = identityOf(migration);
    return {
      version: version?.text ?? null,
      description: abbreviated(description),
      type: migration.revision.startsWith('B') ? 'SQL_BASELINE' : 'SQL',
      script: migration.script,
      checksum: migration.checksum,
      execution_time: 0,
      success: true,
    };
  },
  commands: ({ program = ['flyway'] }) => ({
    up: [...program, 'migrate'],
    upTo: (revision) => [...program, `-target=${versionOf(revision)}`, 'migrate'],
    stamp: (revision) => [...program, `-baselineVersion=${versionOf(revision)}`, 'baseline'],
    current: [...program, 'info'],
  }),
};

async function readFolders(
  projectFolder: string,
  settings: MigrateSettings,
  ofTeam: FlywaySettings,
  folders: readonly string[],
): Promise<Result<readonly Migration[]>> {
  const files: MigrationFile[] = [];
  for (const folder of folders) {
    const read = await readMigrationFiles(projectFolder, folder, { names: namesOf(ofTeam), depth: allDepths });
    if (!read.ok) return read;
    files.push(...read.value);
  }
  // classpath:db/migration is the package db.migration too.
  const classes = folders
    .filter((folder) => folder.includes(resources))
    .flatMap((folder) => languages.map((language) => folder.replace(resources, `src/main/${language}`)));
  for (const folder of classes) {
    const read = await readMigrationFiles(projectFolder, folder, { names: /^[VR].*__.*\.(java|kt)$/, depth: allDepths });
    if (read.ok) files.push(...read.value);
    else if (read.failure.code !== 'migration-folder-missing') return read;
  }
  const reading = readFlyway(files, { settings: ofTeam, byTool: settings.tool === 'command', ownPlaceholders: ownPlaceholders(settings, ofTeam) });
  return historyOf(reading, folders.join(', '), 'Flyway');
}

function namesOf({ naming }: FlywaySettings): RegExp {
  const endings = naming.suffixes.map((suffix) => suffix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(${endings.join('|')})(\\.conf)?$`, 'i');
}

function followable({ tool, folder = '.' }: MigrateSettings, { folders, notFollowed }: FlywaySettings, start: string): Failure | undefined {
  const [first] = notFollowed;
  if (first !== undefined && tool !== 'command') {
    const message = `Flyway’s settings hold ${notFollowed.join(', ')}, which is not followed where pgrehearse runs the statements`;
    return failure('migration-format', message, { object: first, cure: 'Set migrate.run to "tool".' });
  }
  const named = folders.map((one) => join(start, one));
  if (named.length === 0 || named.includes(join(folder))) return undefined;
  const message = `migrate.folder is ${folder}, and Flyway’s settings name ${named.join(', ')}`;
  return failure('migration-format', message, { object: folder, cure: `Set migrate.folder to ${named[0]}.` });
}

/** Flyway’s own placeholders, as far as they can be known before a database is there. */
function ownPlaceholders(settings: MigrateSettings, ofTeam: FlywaySettings): ReadonlyMap<string, string> {
  const [table = '', schema] = (settings.ledger?.table ?? 'flyway_schema_history').split('.').toReversed();
  const defaultSchema = ofTeam.defaultSchema ?? schema;
  return new Map([
    ['flyway:table', table],
    ['flyway:timestamp', new Date().toISOString().slice(0, 19).replace('T', ' ')],
    ...(defaultSchema === undefined ? [] : [['flyway:defaultschema', defaultSchema] as const]),
    ...(settings.role === undefined ? [] : [['flyway:user', settings.role] as const]),
  ]);
}

function identityOf(migration: Migration): FlywayIdentity {
  const name = readFlywayName(`${migration.revision}.sql`);
  if (name === undefined || !('description' in name)) return { migration, description: migration.revision };
  return { migration, description: name.description, ...('version' in name ? { version: name.version } : {}) };
}

function versionOf(revision: string): string {
  const name = readFlywayName(`${revision}.sql`);
  return name !== undefined && 'version' in name ? name.version.text : revision;
}

/** Flyway compares descriptions too: a renamed file makes it stop. */
function describedOtherwise(rows: readonly HistoryRow[], migrations: readonly Migration[]): readonly Failure[] {
  const identities = migrations.map(identityOf);
  const baseline = Math.max(-1, ...rows.flatMap(({ type }, at) => (type.endsWith('BASELINE') ? [at] : [])));
  return rows.slice(baseline + 1).flatMap((row) => {
    const version = row.version === null || row.type.startsWith('UNDO') || row.type === 'DELETE' ? undefined : readFlywayVersion(row.version);
    const known = identities.find((one) => version !== undefined && one.version !== undefined && compareFlywayVersions(one.version, version) === 0);
    if (known === undefined || abbreviated(known.description) === row.description) return [];
    const { revision, file } = known.migration;
    const message = `Flyway would apply nothing: ${file} was called “${row.description}” when it was applied, and Flyway compares descriptions.`;
    return [
      failure('tool-refuses', message, {
        object: revision,
        place: { file },
        cure: 'Give the file its old name again, or run `flyway repair` on production first.',
      }),
    ];
  });
}

/** The nearest folder above the migrations that holds Flyway’s settings: there it is started. */
function startAbove(projectFolder: string, folder: string): string {
  for (let above = folder; above !== '.' && above !== '/' && !above.startsWith('..'); above = dirname(above)) {
    if (['flyway.toml', 'flyway.conf'].some((name) => existsSync(join(projectFolder, above, name)))) return above;
  }
  return '.';
}
