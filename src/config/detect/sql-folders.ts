import { dirname, join } from 'node:path/posix';
import type { SettingsInput } from '../schema.ts';
import type { Detection, Detector } from './detection.ts';
import type { ProjectFiles } from './project-files.ts';

type SqlFiles = Extract<SettingsInput['migrate'], { tool: 'sql-files' }>;
type Ledger = NonNullable<SqlFiles['ledger']>;

const numbered = /^\d[\d.]*[-_. ][^/]*\.sql$/;
const otherDatabase = /(^|\/)(mysql|mariadb|sqlite3?|clickhouse|mssql|oracle|cockroach(db)?)(\/|$)/i;

/** Folders of SQL files, told apart by their names and marks: Prisma, goose, up and down pairs, and plain numbered files. */
export const detectSqlFolders: Detector = (project) => {
  const folders = new Map<string, string[]>();
  for (const path of project.paths) {
    if (!path.endsWith('.sql') || otherDatabase.test(dirname(path))) continue;
    const folder = path.endsWith('/migration.sql') ? dirname(dirname(path)) : dirname(path);
    folders.set(folder, [...(folders.get(folder) ?? []), path.slice(folder === '.' ? 0 : folder.length + 1)]);
  }
  return [...folders]
    .map(([folder, files]) => ({ files: files.length, detection: detectFolder(project, folder, files) }))
    .filter((found): found is { files: number; detection: Detection } => found.detection !== undefined)
    .toSorted((left, right) => right.files - left.files)
    .map(({ detection }) => detection);
};

function detectFolder(project: ProjectFiles, folder: string, files: readonly string[]): Detection | undefined {
  const inFolder = (name: string) => (folder === '.' ? name : `${folder}/${name}`);
  const texts = files.map((name) => project.read(inFolder(name)));
  const [first] = files;
  if (first === undefined) return undefined;

  if (files.every((name) => name.endsWith('/migration.sql'))) {
    // Drizzle's folders look the same, and are told by its own file.
    if (files.some((name) => project.paths.includes(inFolder(name.replace(/migration\.sql$/, 'snapshot.json'))))) return undefined;
    return { tool: 'Prisma', because: inFolder(first), migrate: { tool: 'prisma', folder }, notes: [] };
  }
  if (texts.some((text) => /^--\s*\+goose\s+up\b/im.test(text))) {
    return gooseFolder(project, folder, `+goose in ${inFolder(first)}`);
  }
  if (files.some((name) => name.endsWith('.up.sql'))) return upDown(project, folder, inFolder(first));
  // Their own tools know these formats; see command-tools.ts.
  if (texts.some((text) => /^--\s*(\+migrate|migrate:)\s*up\b/im.test(text) || text.includes('--> statement-breakpoint'))) return undefined;
  if (files.some((name) => /^V\d+(?:[._]\d+)*__.+\.sql$/.test(name))) {
    return flywayFolder(project, folder, inFolder(first));
  }
  const inOrder = files.filter((name) => numbered.test(name));
  // A stray numbered file is no history.
  if (inOrder.length === 0 || inOrder.length * 2 < files.length) return undefined;
  if (usesSqlx(project)) return { tool: 'sqlx', because: inFolder(first), migrate: { tool: 'sqlx', folder, ...sqlxTable(project) }, notes: [] };
  return {
    tool: 'SQL files',
    because: inFolder(inOrder[0] ?? first),
    migrate: { tool: 'sql-files', folder, layout: 'flat', appliedThrough: 'none' },
    notes: ['Set migrate.ledger, or put the last migration that production has into migrate.appliedThrough.'],
  };
}

function upDown(project: ProjectFiles, folder: string, because: string): Detection {
  if (usesSqlx(project)) return { tool: 'sqlx', because, migrate: { tool: 'sqlx', folder, ...sqlxTable(project) }, notes: [] };
  if (mentions(project, /(^|\/)go\.mod$/, 'riverqueue/river') || folder.includes('river')) {
    return sqlFiles('river', because, folder, 'up-down', { table: 'river_migration', column: 'version', match: 'version' });
  }
  if (mentions(project, /(^|\/)go\.mod$/, 'golang-migrate')) return { tool: 'golang-migrate', because, migrate: { tool: 'golang-migrate', folder }, notes: [] };
  return {
    tool: 'up and down files',
    because,
    migrate: { tool: 'sql-files', folder, layout: 'up-down', appliedThrough: 'none' },
    notes: ['Put the last migration that production has into migrate.appliedThrough, or set migrate.tool to the tool that runs them, such as golang-migrate.'],
  };
}

function gooseFolder(project: ProjectFiles, folder: string, because: string): Detection {
  const inGo = project.paths.some((path) => dirname(path) === folder && /\/?\d+_[^/]*\.go$/.test(path) && !path.endsWith('_test.go'));
  if (!inGo) return { tool: 'goose', because, migrate: { tool: 'goose', folder }, notes: [] };
  const note = 'Migrations in Go run through the program that they are built into only: name it in migrate.program.';
  return { tool: 'goose', because, migrate: { tool: 'goose', folder, run: 'tool' }, notes: [note] };
}

function flywayFolder(project: ProjectFiles, folder: string, because: string): Detection {
  const settings = project.paths.find((path) => /(^|\/)flyway\.(toml|conf)$/.test(path));
  const text = settings === undefined ? '' : project.read(settings);
  const named = /\bfilesystem:([^"',\s]+)/.exec(text)?.[1];
  const location = settings === undefined || named === undefined ? undefined : join(dirname(settings), named);
  const [table, schema] = [flywayValue(text, 'table'), flywayValue(text, 'defaultSchema')];
  const ledger =
    table === undefined && schema === undefined ? {} : { ledger: { table: `${schema === undefined ? '' : `${schema}.`}${table ?? 'flyway_schema_history'}` } };
  return {
    tool: 'Flyway',
    because: settings ?? because,
    migrate: { tool: 'flyway', folder: location ?? folder, ...ledger },
    notes:
      settings === undefined
        ? ['Of Flyway’s settings only flyway.toml and flyway.conf are read: what Spring or the environment say has to stand there too.']
        : [],
  };
}

function flywayValue(text: string, key: string): string | undefined {
  return new RegExp(`^\\s*(?:flyway\\.)?${key}\\s*=\\s*["']?([\\w.]+)`, 'm').exec(text)?.[1];
}

function sqlxTable(project: ProjectFiles): { readonly ledger?: { readonly table: string } } {
  const table = /^\s*table-name\s*=\s*["']([^"']+)/m.exec(project.read('sqlx.toml'))?.[1];
  return table === undefined ? {} : { ledger: { table } };
}

function usesSqlx(project: ProjectFiles): boolean {
  return mentions(project, /(^|\/)Cargo\.toml$/, 'sqlx');
}

function mentions(project: ProjectFiles, file: RegExp, word: string): boolean {
  return project.paths.some((path) => file.test(path) && project.read(path).includes(word));
}

function sqlFiles(tool: string, because: string, folder: string, layout: SqlFiles['layout'], ledger: Ledger): Detection {
  return { tool, because, migrate: { tool: 'sql-files', folder, layout, ledger }, notes: [] };
}
