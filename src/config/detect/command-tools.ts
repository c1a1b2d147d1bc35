import { dirname, join } from 'node:path/posix';
import type { Detection, Detector } from './detection.ts';
import type { ProjectFiles } from './project-files.ts';

interface CommandTool {
  readonly tool: string;
  /** The file whose presence gives the tool away; with `holding`, only when its text matches. */
  readonly file: RegExp;
  readonly holding?: RegExp;
  readonly command: readonly string[];
  /** The folder of migrations, from the file that was found. */
  readonly folder?: (project: ProjectFiles, file: string) => string | undefined;
  readonly ledger?: { readonly table: string; readonly column: string };
  readonly notes?: readonly string[];
}

const urlNote = (where: string) => `Make sure that ${where} takes the database from DATABASE_URL or the PG* variables.`;

/** Tools that are run as they are. Each applies what is pending, and nothing else. */
const tools: readonly CommandTool[] = [
  {
    tool: 'Alembic',
    file: /(^|\/)alembic\.ini$/,
    command: ['alembic', 'upgrade', 'head'],
    folder: (project, file) => existing(project, join(dirname(file), scriptLocation(project.read(file)), 'versions')),
    ledger: { table: 'alembic_version', column: 'version_num' },
    notes: [urlNote('alembic’s env.py')],
  },
  {
    tool: 'Drizzle',
    file: /(^|\/)drizzle\.config\.[cm]?[jt]s$/,
    command: ['npx', 'drizzle-kit', 'migrate'],
    folder: drizzleFolder,
    notes: [urlNote('drizzle.config')],
  },
  {
    tool: 'Knex',
    file: /(^|\/)knexfile\.[cm]?[jt]s$/,
    command: ['npx', 'knex', 'migrate:latest'],
    folder: (project, file) => existing(project, join(dirname(file), 'migrations')),
    ledger: { table: 'knex_migrations', column: 'name' },
    notes: [urlNote('the knexfile')],
  },
  {
    tool: 'dbmate',
    file: /\.sql$/,
    holding: /^--\s*migrate:up\b/im,
    command: ['dbmate', '--no-dump-schema', 'migrate'],
    folder: (_, file) => dirname(file),
    ledger: { table: 'schema_migrations', column: 'version' },
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
    command: ['flyway', 'migrate'],
    ledger: { table: 'flyway_schema_history', column: 'version' },
    notes: ['Flyway takes a JDBC URL: map it in migrate.env, or use tool "sql-files" with layout "flat".'],
  },
  { tool: 'Sqitch', file: /(^|\/)sqitch\.plan$/, command: ['sqitch', 'deploy', 'db:pg:'], ledger: { table: 'sqitch.changes', column: 'change' } },
  {
    tool: 'Rails',
    file: /(^|\/)bin\/rails$/,
    command: ['bin/rails', 'db:migrate'],
    folder: (project) => existing(project, 'db/migrate'),
    ledger: { table: 'schema_migrations', column: 'version' },
  },
  { tool: 'Django', file: /(^|\/)manage\.py$/, command: ['python', 'manage.py', 'migrate', '--noinput'], notes: [urlNote('settings.DATABASES')] },
  { tool: 'Diesel', file: /(^|\/)diesel\.toml$/, command: ['diesel', 'migration', 'run'], ledger: { table: '__diesel_schema_migrations', column: 'version' } },
  npmTool('node-pg-migrate', ['npx', 'node-pg-migrate', 'up'], { table: 'pgmigrations', column: 'name' }),
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
        migrate: {
          tool: 'command',
          command: [...tool.command],
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

function scriptLocation(ini: string): string {
  return /^\s*script_location\s*=\s*(?:%\(here\)s\/)?(\S+)/m.exec(ini)?.[1] ?? 'alembic';
}

function drizzleFolder(project: ProjectFiles, file: string): string | undefined {
  const out = /\bout:\s*['"`]([^'"`]+)['"`]/.exec(project.read(file))?.[1] ?? './drizzle';
  return existing(project, join(dirname(file), out));
}
