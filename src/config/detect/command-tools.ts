import { basename, dirname, join } from 'node:path/posix';
import type { MigrationToolName } from '../../core/migration-tool.ts';
import type { SettingsInput } from '../schema.ts';
import type { Detection, Detector } from './detection.ts';
import type { ProjectFiles } from './project-files.ts';

interface CommandTool {
  readonly tool: string;
  /** The file whose presence gives the tool away; with `holding`, only when its text matches. */
  readonly file: RegExp;
  readonly holding?: RegExp;
  readonly command?: readonly string[];
  /** The folder of migrations, from the file that was found. */
  readonly folder?: (project: ProjectFiles, file: string) => string | undefined;
  readonly ledger?: { readonly table: string; readonly column: string };
  readonly notes?: readonly string[];
  /** Its name where its files, order and ledger are known; `command` and `ledger` mean nothing then. */
  readonly known?: MigrationToolName;
  /** What differs from the tool's habits in this project. */
  readonly settings?: (project: ProjectFiles, file: string) => Partial<KnownTool>;
}

type KnownTool = Extract<SettingsInput['migrate'], { tool: MigrationToolName }>;

const urlNote = (where: string) => `Make sure that ${where} takes the database from DATABASE_URL or the PG* variables.`;

/** Tools that are run as they are. Each applies what is pending, and nothing else. */
const tools: readonly CommandTool[] = [
  {
    tool: 'Alembic',
    file: /(^|\/)(alembic\.ini|pyproject\.toml)$/,
    holding: /^\s*\[(tool\.)?alembic\]/m,
    known: 'alembic',
    settings: alembicSettings,
    notes: [urlNote('alembic’s env.py')],
  },
  {
    tool: 'Drizzle',
    file: /(^|\/)drizzle\.config\.[cm]?[jt]s$/,
    known: 'drizzle',
    folder: drizzleFolder,
    settings: drizzleSettings,
    notes: [urlNote('drizzle.config')],
  },
  {
    tool: 'Knex',
    file: /(^|\/)knexfile\.[cm]?[jt]s$/,
    known: 'knex',
    folder: (project, file) => existing(project, join(dirname(file), literalOf(project.read(file), 'directory') ?? 'migrations')),
    settings: knexSettings,
    notes: [
      urlNote('the knexfile'),
      'A knexfile is a program: check migrate.folder, migrate.extensions and migrate.ledger against what it says. Where it has environments, set migrate.env.NODE_ENV.',
    ],
  },
  {
    tool: 'dbmate',
    file: /\.sql$/,
    holding: /^--\s*migrate:up\b/im,
    known: 'dbmate',
    folder: (_, file) => dirname(file),
  },
  {
    tool: 'sql-migrate',
    file: /\.sql$/,
    holding: /^--\s*\+migrate\s+up\b/im,
    command: ['sql-migrate', 'up'],
    folder: (_, file) => dirname(file),
    ledger: { table: 'gorp_migrations', column: 'id' },
    notes: [urlNote('dbconfig.yml')],
  },
  {
    tool: 'Flyway',
    file: /(^|\/)flyway\.(conf|toml)$/,
    known: 'flyway',
    folder: (project, file) => flywayLocation(project, file),
    // Its own settings tell it where the files are.
    settings: (_, file) => ({ run: 'tool', program: ['flyway'], ...startedIn(dirname(file)) }),
    notes: ['No SQL of Flyway was found: Flyway itself is run. It is told of the clone by FLYWAY_URL, FLYWAY_USER and FLYWAY_PASSWORD.'],
  },
  { tool: 'Sqitch', file: /(^|\/)sqitch\.plan$/, known: 'sqitch', settings: sqitchSettings },
  {
    tool: 'Rails',
    file: /(^|\/)bin\/rails$/,
    known: 'rails',
    folder: (project, file) => existing(project, join(dirname(dirname(file)), 'db/migrate')),
    settings: (_, file) => startedIn(dirname(dirname(file))),
    notes: ["Set migrate.env to { RAILS_ENV: 'production' }, or Rails writes db/schema.rb or structure.sql anew from the clone that it has migrated."],
  },
  {
    tool: 'migratus',
    file: /(^|\/)(project\.clj|deps\.edn)$/,
    holding: /\bmigratus\b/,
    known: 'migratus',
    folder: (project, file) => existing(project, join(dirname(file), 'resources/migrations')),
    settings: (_, file) => ({ ...(file.endsWith('deps.edn') ? { program: ['clojure', '-M:migrate'] } : {}), ...startedIn(dirname(file)) }),
    notes: [urlNote('migratus’ :db')],
  },
  {
    tool: 'Django',
    file: /(^|\/)manage\.py$/,
    known: 'django',
    folder: (_, file) => (dirname(file) === '.' ? undefined : dirname(file)),
    settings: (_, file) => startedIn(dirname(file)),
    notes: [urlNote('settings.DATABASES'), 'Every app with migrations below migrate.folder counts: settings are programs, so INSTALLED_APPS isn’t read.'],
  },
  {
    tool: 'Diesel',
    file: /(^|\/)diesel\.toml$/,
    known: 'diesel',
    folder: (project, file) => join(dirname(file), /^\s*dir\s*=\s*["']([^"']+)/m.exec(project.read(file))?.[1] ?? 'migrations'),
  },
  {
    tool: 'node-pg-migrate',
    file: /^package\.json$/,
    holding: /"node-pg-migrate"\s*:\s*"/,
    known: 'node-pg-migrate',
    folder: (project, file) => existing(project, nodePgFolder(project.read(file)) ?? 'migrations'),
  },
  npmTool('graphile-migrate', ['npx', 'graphile-migrate', 'migrate'], { table: 'graphile_migrate.migrations', column: 'filename' }),
  npmTool('sequelize-cli', ['npx', 'sequelize-cli', 'db:migrate'], { table: '"SequelizeMeta"', column: 'name' }),
  npmTool('typeorm', ['npx', 'typeorm', 'migration:run'], { table: 'migrations', column: 'name' }),
];

function npmTool(name: string, command: readonly string[], ledger: { table: string; column: string }): CommandTool {
  return { tool: name, file: /^package\.json$/, holding: new RegExp(`"${name}"\\s*:\\s*"`), command, ledger };
}

/** Tools that pgrehearse starts as commands. */
export const detectCommandTools: Detector = (project) =>
  tools.flatMap((tool): Detection[] => {
    const found = project.paths.find((path) => tool.file.test(path) && (tool.holding === undefined || tool.holding.test(project.read(path))));
    if (found === undefined) return [];
    const folder = tool.folder?.(project, found);
    return [
      {
        tool: tool.tool,
        because: found,
        migrate:
          tool.known !== undefined
            ? { tool: tool.known, ...(folder === undefined ? {} : { folder }), ...tool.settings?.(project, found) }
            : {
                tool: 'command',
                command: [...(tool.command ?? [])],
                ...(folder === undefined ? {} : { folder }),
                ...(dirname(found) !== '.' && tool.folder === undefined ? { workingFolder: dirname(found) } : {}),
                ...(tool.ledger === undefined ? {} : { ledger: { ...tool.ledger } }),
              },
        notes: tool.notes ?? [],
      },
    ];
  });

function existing(project: ProjectFiles, folder: string): string | undefined {
  return project.paths.some((path) => path.startsWith(`${folder}/`)) ? folder : undefined;
}

/** Where its revisions are, it says itself; but not where Flask-Migrate writes its settings, and starts it. */
function alembicSettings(project: ProjectFiles, file: string): Partial<KnownTool> {
  const folder = dirname(file);
  const isFlask = basename(file) === 'alembic.ini' && !/^\s*(script_location|version_locations)\s*[=:]/m.test(project.read(file));
  if (!isFlask || folder === '.') return startedIn(folder);
  return { folder: join(folder, 'versions'), program: ['flask', 'db'], ...startedIn(dirname(folder)) };
}

/** Started where its configuration is, which may have the plan in a folder below. */
function sqitchSettings(project: ProjectFiles, file: string): Partial<KnownTool> {
  const folders = ancestors(dirname(file));
  const folder = folders.find((one) => project.paths.includes(join(one, 'sqitch.conf'))) ?? dirname(file);
  const registry = /^\s*registry\s*=\s*"?([\w$]+)/m.exec(project.read(join(folder, 'sqitch.conf')))?.[1];
  return { ...(registry === undefined ? {} : { ledger: { table: `${registry}.changes` } }), ...startedIn(folder) };
}

/** A folder and those around it, up to the project's. */
function ancestors(folder: string): readonly string[] {
  return folder === '.' ? ['.'] : [folder, ...ancestors(dirname(folder))];
}

function drizzleFolder(project: ProjectFiles, file: string): string | undefined {
  return existing(project, join(dirname(file), literalOf(project.read(file), 'out') ?? './drizzle'));
}

function drizzleSettings(project: ProjectFiles, file: string): Partial<KnownTool> {
  const own = /\bmigrations:\s*\{[^}]*\}/.exec(project.read(file))?.[0] ?? '';
  const [table, schema] = [literalOf(own, 'table'), literalOf(own, 'schema')];
  const ledger = table === undefined && schema === undefined ? {} : { ledger: { table: `${schema ?? 'drizzle'}.${table ?? '__drizzle_migrations'}` } };
  return { ...ledger, ...startedIn(dirname(file)) };
}

function knexSettings(project: ProjectFiles, file: string): Partial<KnownTool> {
  const text = project.read(file);
  const [table, schema] = [literalOf(text, 'tableName'), literalOf(text, 'schemaName')];
  const ledger =
    table === undefined && schema === undefined ? {} : { ledger: { table: `${schema === undefined ? '' : `${schema}.`}${table ?? 'knex_migrations'}` } };
  // By itself it looks for these two only.
  const program = /\.(js|ts)$/.test(file) ? {} : { program: ['npx', 'knex', '--knexfile', basename(file)] };
  return { ...ledger, ...program, ...startedIn(dirname(file)) };
}

/** The folder that a script of package.json names. */
function nodePgFolder(text: string): string | undefined {
  return /\bnode-pg-migrate\b[^"]*?\s(?:-m|--migrations-dir)[= ]\s*([^\s"\\]+)/.exec(text)?.[1];
}

/** A text that stands as it is in a program: `key: 'text'`. What is computed isn't known without running it. */
function literalOf(text: string, key: string): string | undefined {
  return new RegExp(`\\b${key}['"]?:\\s*\\[?\\s*['"\`]([^'"\`]+)['"\`]`).exec(text)?.[1];
}

function startedIn(folder: string): { readonly workingFolder?: string } {
  return folder === '.' ? {} : { workingFolder: folder };
}

function flywayLocation(project: ProjectFiles, file: string): string | undefined {
  const named = /\bfilesystem:([^"',\s]+)/.exec(project.read(file))?.[1];
  return named === undefined ? undefined : existing(project, join(dirname(file), named));
}
