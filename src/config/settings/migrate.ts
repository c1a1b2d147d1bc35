import { relative } from 'node:path/posix';
import { z } from 'zod';
import { usuallyForbidden } from '../../core/forbidden-error.ts';
import { type MigrationToolName, migrationToolNames } from '../../core/migration-tool.ts';
import { file, name } from './fields.ts';
import { toolDefaults } from './migration-tools.ts';

const ledgerColumn = {
  table: name.meta({ description: 'The ledger table, as table or schema.table.' }),
  column: name.meta({ description: 'The column that names the migration.' }),
};

const forbidding = {
  forbiddenErrors: z
    .array(z.string().regex(/^[0-9A-Z]{5}$/, 'must be an SQLSTATE: five digits or capital letters'))
    .optional()
    .meta({
      description: `SQLSTATEs that no statement of the migrations may meet, also where the tool goes on after them: the run ends. ${usuallyForbidden.join(', ')} unless given. [] allows all. A lock timeout behind the long reader of the traffic is tried again without it, unless 55P03 stands here.`,
    }),
};

const sqlFiles = z.strictObject({
  tool: z.literal('sql-files').meta({ description: 'pgrehearse runs the SQL files itself, statement by statement.' }),
  folder: file.meta({ description: 'The folder of the migration files.' }),
  layout: z.enum(['flat', 'up-down', 'prisma-folders', 'goose']).meta({
    description:
      'flat: NNN_name.sql. up-down: NNN_name.up.sql and .down.sql. prisma-folders: <time>_name/migration.sql. goose: one file with -- +goose Up / Down.',
  }),
  role: name.optional().meta({ description: 'The role that migrates production. Unknown: the verdict is at most INCONCLUSIVE.' }),
  ledger: z
    .strictObject({
      ...ledgerColumn,
      match: z.enum(['revision', 'version', 'file']).default('revision').meta({
        description: 'What the column holds: the whole revision name, its leading version number, or the file name.',
      }),
    })
    .optional()
    .meta({
      description: 'The table and column in which production records what is applied.',
    }),
  appliedThrough: name.optional().meta({ description: 'The last revision that production has, where there is no ledger. `none`: nothing is applied.' }),
  transaction: z.enum(['per-file', 'none', 'auto']).default('auto').meta({
    description:
      'per-file: each file in one transaction. none: statement by statement. auto: per-file, and a file that can’t run so is run again without on a new clone.',
  }),
  ...forbidding,
});

/** An address that is written down is another server’s than the clone’s: the tool would migrate that one. */
function namesNoServer(value: string): boolean {
  const [, authority = ''] = /\b(?:postgres(?:ql)?|postgis)(?:\+\w+)?:\/\/([^/?\s]*)/i.exec(value) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return host === '' || host.startsWith('${');
}
// biome-ignore lint/suspicious/noTemplateCurlyInString: the text is shown as it is
const noServer = 'must not name a server: the migrations would run there, and not on the clone; write ${DATABASE_URL}';

const startedProgram = {
  databaseNameVariable: name
    .optional()
    .meta({ description: 'The team’s own variable for the database’s name, such as APP_DB_NAME_OVERRIDE. Blank counts as unset.' }),
  databaseUrlVariable: name.optional().meta({ description: 'The team’s own variable for the URL, besides DATABASE_URL.' }),
  env: z.record(z.string(), z.string().refine(namesNoServer, noServer)).default({}).meta({
    description:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is shown as it is
      'Further environment variables of the command. ${DATABASE_URL}, ${PGPASSWORD} and the clone’s other variables may be used; a blank one is taken away.',
  }),
  timeoutMinutes: z.number().positive().default(60).meta({ description: 'The command is ended after this time.' }),
};

const command = z.strictObject({
  tool: z.literal('command').meta({ description: 'The team’s own migration tool is run as it is.' }),
  command: z.array(name).min(1).meta({ description: 'Program and arguments, started without a shell. It gets DATABASE_URL and the PG* variables.' }),
  folder: file.optional().meta({ description: 'The migration files, for hashes and for the ledger’s order; the command itself decides what it runs.' }),
  workingFolder: file.optional().meta({ description: 'Where the command is started; the configuration’s folder unless given.' }),
  role: name.optional().meta({ description: 'The role that migrates production. Unknown: the verdict is at most INCONCLUSIVE.' }),
  ledger: z.strictObject(ledgerColumn).optional().meta({ description: 'The table and column in which the tool records what is applied.' }),
  ...startedProgram,
  ...forbidding,
});

/** A tool whose files, order and ledger are known: only what differs from its own habits has to be said. */
const knownTool = z
  .strictObject({
    tool: z.enum(migrationToolNames).meta({ description: 'A tool whose files, order, ledger and commands are known.' }),
    folder: file.optional().meta({ description: 'The folder of the migration files; where the tool itself puts them unless given.' }),
    moreFolders: z.array(file).min(1).optional().meta({ description: 'Further folders, in the tool’s order, where it has several (Knex, Rails).' }),
    sortFoldersSeparately: z
      .boolean()
      .optional()
      .meta({ description: 'Knex’s sortDirsSeparately: all of one folder, then all of the next. Otherwise by file name, wherever the file is.' }),
    extensions: z
      .array(z.string().regex(/^\.\w+$/))
      .min(1)
      .optional()
      .meta({ description: 'Knex’s loadExtensions, each with its dot, where they aren’t the usual ones.' }),
    run: z
      .enum(['tool', 'statements'])
      .optional()
      .meta({
        description:
          'tool: the tool itself is started. statements: pgrehearse runs the SQL statement by statement and writes the ledger as the tool would. ' +
          'Unless given, statements for tools whose migrations are SQL, tool for the others.',
      }),
    program: z.array(name).min(1).optional().meta({
      description: 'How the tool is started, with its global options: ["python", "-m", "alembic", "-c", "db/alembic.ini"]. Without a shell.',
    }),
    workingFolder: file.optional().meta({ description: 'Where the tool is started; the configuration’s folder unless given.' }),
    role: name.optional().meta({ description: 'The role that migrates production. Unknown: the verdict is at most INCONCLUSIVE.' }),
    ledger: z
      .strictObject({ table: ledgerColumn.table, column: ledgerColumn.column.optional() })
      .optional()
      .meta({ description: 'Where the tool records what is applied, if not where it usually does.' }),
    appliedThrough: name.optional().meta({ description: 'The last revision that production has, where it has no ledger. `none`: nothing is applied.' }),
    transaction: z.enum(['per-file', 'none', 'auto']).default('auto').meta({ description: 'As for sql-files; only where pgrehearse runs the statements.' }),
    ...startedProgram,
    ...forbidding,
  })
  .superRefine(({ tool, run, ledger, program }, context) => {
    const { run: possible } = toolDefaults[tool];
    if (run !== undefined && !possible.includes(run)) {
      context.addIssue({ code: 'custom', path: ['run'], message: `must be ${possible.join(' or ')}: migrations of ${tool} aren’t all SQL` });
    }
    if (tool !== 'golang-migrate' || run !== 'tool' || ledger === undefined || program !== undefined) return;
    // Started as usual, it would make a second ledger.
    context.addIssue({ code: 'custom', path: ['program'], message: 'is needed with migrate.ledger: tell golang-migrate of its table by x-migrations-table' });
  });

/** What every part of the program works with: files that we run, or a command; and whose they are, where that is known. */
type OfTool = {
  readonly adapter?: MigrationToolName;
  readonly program?: readonly string[];
  readonly moreFolders?: readonly string[];
  readonly sortFoldersSeparately?: boolean;
  readonly extensions?: readonly string[];
};
export type SqlFiles = z.output<typeof sqlFiles> & OfTool;
export type Command = z.output<typeof command> & OfTool & { readonly appliedThrough?: string };

function asRunnable(given: z.output<typeof sqlFiles> | z.output<typeof command> | z.output<typeof knownTool>): SqlFiles | Command {
  if (given.tool === 'sql-files' || given.tool === 'command') return given;
  const {
    tool: adapter,
    run,
    program,
    ledger: place,
    folder,
    moreFolders,
    sortFoldersSeparately,
    extensions,
    role,
    appliedThrough,
    transaction,
    forbiddenErrors,
    ...started
  } = given;
  const defaults = toolDefaults[adapter];
  // What is said about production replaces what would be read there; naming both is a fault that is told later.
  const hasLedger = appliedThrough === undefined || place !== undefined;
  const ledger = { table: place?.table ?? defaults.ledger.table, column: place?.column ?? defaults.ledger.column };
  const asStarted = startedWith({
    FOLDER: relative((run ?? defaults.run[0]) === 'tool' ? (started.workingFolder ?? '.') : '.', folder ?? defaults.folder) || '.',
    LEDGER: ledger.table,
  });
  const start = program ?? defaults.program.map(asStarted);
  const same = {
    adapter,
    program: start,
    folder: folder ?? defaults.folder,
    ...(moreFolders === undefined ? {} : { moreFolders }),
    ...(sortFoldersSeparately === undefined ? {} : { sortFoldersSeparately }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(role === undefined ? {} : { role }),
    ...(appliedThrough === undefined ? {} : { appliedThrough }),
    ...(forbiddenErrors === undefined ? {} : { forbiddenErrors }),
  };
  if ((run ?? defaults.run[0]) === 'statements') {
    return { ...same, tool: 'sql-files', layout: defaults.layout, ...(hasLedger && { ledger: { ...ledger, match: defaults.match } }), transaction };
  }
  return {
    ...{ ...same, ...started, tool: 'command', command: [...start, ...defaults.up.map(asStarted)] },
    ...(hasLedger && { ledger }),
    env: { ...defaults.env, ...started.env },
  };
}

/** Puts what the settings say in place of `${FOLDER}` and `${LEDGER}` in a tool’s usual command. */
function startedWith(said: Readonly<Record<'FOLDER' | 'LEDGER', string>>): (word: string) => string {
  return (word) => word.replace(/\$\{(FOLDER|LEDGER)\}/g, (_, key: 'FOLDER' | 'LEDGER') => said[key]);
}

export const migrate = z.discriminatedUnion('tool', [sqlFiles, command, knownTool]).transform(asRunnable).meta({ description: 'How migrations are applied.' });
