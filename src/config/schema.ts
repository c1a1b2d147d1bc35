import { z } from 'zod';
import { differenceClasses } from '../core/schema-difference.ts';

const name = z.string().min(1);
const file = z.string().min(1).meta({ description: 'A path, relative to the configuration file.' });
const reason = z.string().min(10).meta({ description: 'Why, in a sentence: it is printed in the report.' });

/** Rows allowed: an exact number, a range, or a query that is run on the clone before migrating and returns the exact number. */
const bound = z.union([
  z.int().nonnegative(),
  z.strictObject({ min: z.int().nonnegative().optional(), max: z.int().nonnegative().optional() }),
  z.strictObject({ query: z.string().min(1) }),
]);

/** Rules between keys are told only once the keys themselves are right: a mistyped `url` is one problem, not two. */
const keysAreRight = (payload: z.core.ParsePayload) => payload.issues.length === 0;

const sourceUrl = z
  .strictObject({
    url: name.optional().meta({ description: 'postgres:// URL of the source, better of a replica. Prefer urlVariable, so that no secret stands in a file.' }),
    urlVariable: name.optional().meta({ description: 'The environment variable that holds the URL.' }),
    allowPrimary: z.boolean().default(false).meta({ description: 'Needed to copy from a live primary: its snapshot is held open while copying.' }),
  })
  .refine((given) => given.url !== undefined || given.urlVariable !== undefined, { error: 'names neither url nor urlVariable', when: keysAreRight })
  .refine((given) => given.url === undefined || given.urlVariable === undefined, { error: 'has both url and urlVariable', when: keysAreRight });

const sourceDump = z.strictObject({
  dump: file.meta({ description: 'A dump: plain SQL, or pg_dump’s custom format where a fitting pg_restore is found. A folder means its newest dump.' }),
  roles: file.optional().meta({ description: 'Output of `pg_dumpall --roles-only --no-role-passwords`, since a dump holds no roles.' }),
});

const source = z.union([sourceUrl, sourceDump]).meta({ description: 'Where production’s data comes from.' });

const sqlFiles = z.strictObject({
  tool: z.literal('sql-files'),
  folder: file,
  layout: z.enum(['flat', 'up-down', 'prisma-folders', 'goose']).meta({
    description:
      'flat: NNN_name.sql. up-down: NNN_name.up.sql and .down.sql. prisma-folders: <time>_name/migration.sql. goose: one file with -- +goose Up / Down.',
  }),
  role: name.optional().meta({ description: 'The role that migrates production. Unknown: the verdict is at most INCONCLUSIVE.' }),
  ledger: z
    .strictObject({ table: name, column: name, match: z.enum(['revision', 'version', 'file']).default('revision') })
    .optional()
    .meta({
      description:
        'The table and column in which production records what is applied. match: what the column holds (the whole revision name, its leading version number, or the file name).',
    }),
  appliedThrough: name.optional().meta({ description: 'The last revision that production has, where there is no ledger. `none`: nothing is applied.' }),
  transaction: z.enum(['per-file', 'none', 'auto']).default('auto'),
});

const command = z.strictObject({
  tool: z.literal('command'),
  command: z.array(name).min(1).meta({ description: 'Program and arguments, started without a shell. It gets DATABASE_URL and the PG* variables.' }),
  folder: file.optional().meta({ description: 'The migration files, for hashes and for the ledger’s order; the command itself decides what it runs.' }),
  workingFolder: file.optional(),
  role: name.optional().meta({ description: 'The role that migrates production. Unknown: the verdict is at most INCONCLUSIVE.' }),
  ledger: z.strictObject({ table: name, column: name }).optional(),
  databaseNameVariable: name
    .optional()
    .meta({ description: 'The team’s own variable for the database’s name, such as APP_DB_NAME_OVERRIDE. Blank counts as unset.' }),
  databaseUrlVariable: name.optional().meta({ description: 'The team’s own variable for the URL, besides DATABASE_URL.' }),
  env: z.record(z.string(), z.string()).default({}),
  timeoutMinutes: z.number().positive().default(60),
});

const baseline = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('init-at-head'),
    schema: z.array(file).min(1).meta({ description: 'The checked-in schema at head: SQL files, run in this order.' }),
    seed: z.array(file).default([]),
  }),
  z.strictObject({
    mode: z.literal('init-then-migrations'),
    schema: z.array(file).default([]).meta({ description: 'SQL files run before the migrations, such as extensions.' }),
    seed: z.array(file).default([]).meta({ description: 'Rows that the history expects, loaded after schema and before the migrations.' }),
  }),
]);

const expectation = z.union([
  z.strictObject({ rows: z.union([z.literal('none'), z.literal('some'), z.int().nonnegative()]) }),
  z.strictObject({ atLeast: z.int().positive() }),
  z.strictObject({ value: z.union([z.string(), z.number(), z.boolean(), z.null()]).meta({ description: 'Of the first column of the only row.' }) }),
  z.strictObject({
    error: z
      .string()
      .regex(/^[0-9A-Z]{5}$/)
      .meta({ description: 'SQLSTATE' }),
    message: z.string().optional().meta({ description: 'Text that the message contains.' }),
  }),
]);

const invariant = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'kebab-case: letters, digits and dashes'),
  about: z.string().optional(),
  sql: z.string().min(1),
  role: name.optional().meta({ description: 'SET ROLE before. Invariants about row level security need the application’s role.' }),
  settings: z.record(z.string(), z.string()).default({}).meta({ description: 'SET LOCAL before, such as app.tenant_id.' }),
  expect: expectation,
  breakWith: z.string().optional().meta({
    description:
      'SQL that breaks the invariant, run as superuser in a transaction that is rolled back: shows that the check can fail. Unless given, row level security and triggers are switched off instead.',
  }),
  required: z.boolean().default(true),
});

const rowBounds = z.strictObject({
  table: name.meta({ description: 'schema.table as it is named after migrating.' }),
  inserted: bound.optional(),
  updated: bound.optional(),
  deleted: bound.optional(),
  rows: bound.optional().meta({ description: 'Rows in the table after migrating.' }),
});

const policy = z.enum(['fail', 'report', 'ignore']);
type Policies = { [K in (typeof differenceClasses)[number]]: z.infer<typeof policy> };
/** The defaults of SCHEMA.md: what fails the schema gate unless the team says otherwise. */
export const defaultPolicies: Policies = {
  security: 'fail',
  semantic: 'fail',
  order: 'fail',
  names: 'fail',
  physical: 'fail',
  comment: 'fail',
  unstable: 'fail',
  environment: 'report',
  unexplained: 'fail',
  'deparse-only': 'report',
};

const smoke = z.strictObject({ name, command: z.array(name).min(1), timeoutSeconds: z.number().positive().default(120) });

/** The whole configuration. Validation, editor help (JSON Schema) and the reference page all come from here. */
export const settingsSchema = z
  .strictObject({
    $schema: z.string().optional(),
    title: z.string().optional().meta({ description: 'What the report calls this project.' }),
    source,
    clone: z
      .strictObject({
        port: z.int().min(1024).max(65535).optional().meta({ description: 'Port of a clone made by `load`; a free one unless given.' }),
        database: name.optional().meta({ description: 'Name of the database on a clone made by `load`; production’s own unless given.' }),
        user: name.optional(),
        password: z.string().optional(),
        keepHours: z.number().positive().default(72).meta({ description: 'How long a clone made by `load` is kept before `gc` removes it.' }),
        databaseNameVariable: name.optional().meta({ description: 'Variable by which the application takes another database name; printed by `load`.' }),
        acceptOtherMajor: z.strictObject({ reason }).optional().meta({ description: 'Allows a clone of another major version than the source’s.' }),
        acceptLosses: z
          .array(z.strictObject({ object: name, reason }))
          .default([])
          .meta({ description: 'Fidelity losses that are known and accepted, by object name.' }),
      })
      .prefault({}),
    migrate: z.discriminatedUnion('tool', [sqlFiles, command]),
    baseline,
    schemaGate: z
      .strictObject({
        policies: z.partialRecord(z.enum(differenceClasses), policy).default({}),
        exclude: z
          .array(z.strictObject({ object: name, reason }))
          .default([])
          .meta({ description: 'Objects left out, by qualified name, such as the ledger’s table.' }),
      })
      .prefault({}),
    drift: z.strictObject({ policy: z.enum(['finding', 'stop']).default('finding') }).prefault({}),
    data: z
      .strictObject({
        parityPercent: z
          .number()
          .min(0)
          .max(100)
          .default(0)
          .meta({ description: 'How far row counts of source and clone may be apart, in percent of the source’s.' }),
        bounds: z.array(rowBounds).default([]),
        undeclared: z.enum(['fail', 'report']).default('report').meta({ description: 'Rows changed in tables without a bound.' }),
        invariants: z.array(invariant).default([]),
      })
      .prefault({}),
    compatibility: z.strictObject({ smoke: z.array(smoke).default([]) }).prefault({}),
    folders: z.strictObject({ dumps: file.default('dump'), runs: file.default('.pgrehearse/runs') }).prefault({}),
  })
  .meta({ title: 'pgrehearse configuration' });

/** What a person may write. */
export type SettingsInput = z.input<typeof settingsSchema>;
/** What the rest of the program gets: checked, defaults filled in. */
export type Settings = z.output<typeof settingsSchema>;
export type Bound = z.output<typeof bound>;
export type Invariant = z.output<typeof invariant>;
export type RowBounds = z.output<typeof rowBounds>;
export type Expectation = z.output<typeof expectation>;
