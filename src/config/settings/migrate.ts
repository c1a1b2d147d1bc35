import { z } from 'zod';
import { file, name } from './fields.ts';

const ledgerColumn = {
  table: name.meta({ description: 'The ledger table, as table or schema.table.' }),
  column: name.meta({ description: 'The column that names the migration.' }),
};

export const sqlFiles = z.strictObject({
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
});

export const command = z.strictObject({
  tool: z.literal('command').meta({ description: 'The team’s own migration tool is run as it is.' }),
  command: z.array(name).min(1).meta({ description: 'Program and arguments, started without a shell. It gets DATABASE_URL and the PG* variables.' }),
  folder: file.optional().meta({ description: 'The migration files, for hashes and for the ledger’s order; the command itself decides what it runs.' }),
  workingFolder: file.optional().meta({ description: 'Where the command is started; the configuration’s folder unless given.' }),
  role: name.optional().meta({ description: 'The role that migrates production. Unknown: the verdict is at most INCONCLUSIVE.' }),
  ledger: z.strictObject(ledgerColumn).optional().meta({ description: 'The table and column in which the tool records what is applied.' }),
  databaseNameVariable: name
    .optional()
    .meta({ description: 'The team’s own variable for the database’s name, such as APP_DB_NAME_OVERRIDE. Blank counts as unset.' }),
  databaseUrlVariable: name.optional().meta({ description: 'The team’s own variable for the URL, besides DATABASE_URL.' }),
  env: z.record(z.string(), z.string()).default({}).meta({
    description:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is shown as it is
      'Further environment variables of the command. ${DATABASE_URL}, ${PGPASSWORD} and the clone’s other variables may be used; a blank one is taken away.',
  }),
  timeoutMinutes: z.number().positive().default(60).meta({ description: 'The command is ended after this time.' }),
});
