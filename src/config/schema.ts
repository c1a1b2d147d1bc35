import { z } from 'zod';
import { cloneMethodNames } from '../core/clone-method-name.ts';
import { fakeKinds } from '../core/masking.ts';
import { differenceClasses } from '../core/schema-difference.ts';

const name = z.string().min(1);
const file = z.string().min(1).meta({ description: 'A path, relative to the configuration file.' });
const reason = z.string().min(10).meta({ description: 'Why, in a sentence: it is printed in the report.' });

/** Rows allowed: an exact number, a range, or a query that is run on the clone before migrating and returns the exact number. */
const bound = z.union([
  z.int().nonnegative(),
  z.strictObject({
    min: z.int().nonnegative().optional().meta({ description: 'At least this many rows.' }),
    max: z.int().nonnegative().optional().meta({ description: 'At most this many rows.' }),
  }),
  z.strictObject({ query: z.string().min(1).meta({ description: 'Run on the clone before migrating; its only value is the exact number of rows.' }) }),
]);

/** Rules between keys are told only once the keys themselves are right: a mistyped `url` is one problem, not two. */
const keysAreRight = (payload: z.core.ParsePayload) => payload.issues.length === 0;

const sourceUrl = z
  .strictObject({
    url: name.optional().meta({ description: 'postgres:// URL of the source, better of a replica. Prefer urlVariable, so that no secret stands in a file.' }),
    urlVariable: name.optional().meta({ description: 'The environment variable that holds the URL.' }),
    allowPrimary: z.boolean().default(false).meta({ description: 'Needed to copy from a live primary: its snapshot is held open while copying.' }),
    unchanging: z.boolean().default(false).meta({
      description:
        'The source can’t change, such as a restored snapshot that nobody uses: an interrupted dump can be gone on with. It is proven, not believed.',
    }),
  })
  .refine((given) => given.url !== undefined || given.urlVariable !== undefined, { error: 'names neither url nor urlVariable', when: keysAreRight })
  .refine((given) => given.url === undefined || given.urlVariable === undefined, { error: 'has both url and urlVariable', when: keysAreRight });

const target = z
  .strictObject({
    url: name.optional().meta({
      description: 'postgres:// URL of a superuser on the server; its database is only the way in. Prefer urlVariable, so that no secret stands in a file.',
    }),
    urlVariable: name.optional().meta({ description: 'The environment variable that holds the URL.' }),
    clusterWide: z.enum(['refuse', 'undo']).default('refuse').meta({
      description:
        'Migrations that change the whole server. refuse: they aren’t run. undo: those that concern roles of ours, or new ones, run, and are undone afterwards.',
    }),
    migratorPasswordVariable: name.optional().meta({
      description: 'The environment variable that holds the migrator’s password on that server, where the role was there before. Such a role is never altered.',
    }),
    allowSourceServer: z
      .strictObject({ reason })
      .optional()
      .meta({ description: 'Allows clones on the very server that is the source, on its primary or on a copy of its files, in databases of our own.' }),
  })
  .refine((given) => given.url !== undefined || given.urlVariable !== undefined, { error: 'names neither url nor urlVariable', when: keysAreRight })
  .refine((given) => given.url === undefined || given.urlVariable === undefined, { error: 'has both url and urlVariable', when: keysAreRight });

const sourceDump = z.strictObject({
  dump: file.meta({
    description: 'A dump folder of `clone`, or a dump of pg_dump in any of its formats; archives need a pg_restore that fits. A folder means its newest dump.',
  }),
  roles: file.optional().meta({ description: 'Output of `pg_dumpall --roles-only --no-role-passwords`, since a dump holds no roles.' }),
});

const source = z.union([sourceUrl, sourceDump]).meta({ description: 'Where production’s data comes from.' });

const encryption = z
  .strictObject({
    recipients: z
      .array(z.string().regex(/^age1[a-z0-9]+$/, 'is no public key of age (age1…)'))
      .min(1)
      .optional()
      .meta({ description: 'Public keys of age (age1…): each of their holders can open the dump.' }),
    passphraseVariable: name.optional().meta({ description: 'The environment variable that holds a passphrase, instead of recipients.' }),
    identityFile: file.optional().meta({
      description:
        'A file with the private key (AGE-SECRET-KEY-1…) that opens dumps; only its owner may read it. Its public key is the recipient unless others are named.',
    }),
    identityVariable: name.optional().meta({ description: 'The environment variable that holds the private key, instead of identityFile.' }),
  })
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    error: 'names neither recipients nor a passphrase nor an identity',
    when: keysAreRight,
  })
  .refine((given) => given.recipients === undefined || given.passphraseVariable === undefined, {
    error: 'has both recipients and passphraseVariable',
    when: keysAreRight,
  });

const ledgerColumn = {
  table: name.meta({ description: 'The ledger table, as table or schema.table.' }),
  column: name.meta({ description: 'The column that names the migration.' }),
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
});

const command = z.strictObject({
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

const baseline = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('init-at-head').meta({ description: 'The baseline is the schema that is checked in; the migrations count as applied.' }),
    schema: z.array(file).min(1).meta({ description: 'The checked-in schema at head: SQL files, run in this order.' }),
    seed: z.array(file).default([]).meta({ description: 'SQL files with rows, run after schema.' }),
  }),
  z.strictObject({
    mode: z
      .literal('init-then-migrations')
      .meta({ description: 'The baseline is the whole history run from nothing: faults of the history itself stay invisible.' }),
    schema: z.array(file).default([]).meta({ description: 'SQL files run before the migrations, such as extensions.' }),
    seed: z.array(file).default([]).meta({ description: 'Rows that the history expects, loaded after schema and before the migrations.' }),
  }),
]);

const expectation = z.union([
  z.strictObject({ rows: z.union([z.literal('none'), z.literal('some'), z.int().nonnegative()]).meta({ description: 'How many rows the query gives.' }) }),
  z.strictObject({ atLeast: z.int().positive().meta({ description: 'The query gives at least this many rows.' }) }),
  z.strictObject({ value: z.union([z.string(), z.number(), z.boolean(), z.null()]).meta({ description: 'Of the first column of the only row.' }) }),
  z.strictObject({
    error: z
      .string()
      .regex(/^[0-9A-Z]{5}$/)
      .meta({ description: 'The query fails with this SQLSTATE.' }),
    message: z.string().optional().meta({ description: 'Text that the message contains.' }),
  }),
]);

const invariant = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be kebab-case: small letters, digits and dashes')
    .meta({ description: 'What the report calls it, in kebab-case.' }),
  about: z.string().optional().meta({ description: 'What must hold, in a sentence.' }),
  sql: z.string().min(1).meta({ description: 'One query, run on the migrated clone.' }),
  role: name.optional().meta({ description: 'SET ROLE before. Invariants about row level security need the application’s role.' }),
  settings: z.record(z.string(), z.string()).default({}).meta({ description: 'SET LOCAL before, such as app.tenant_id.' }),
  expect: expectation.meta({ description: 'What the query must give.' }),
  breakWith: z.string().optional().meta({
    description:
      'SQL that breaks the invariant, run as superuser in a transaction that is rolled back: shows that the check can fail. Unless given, row level security and triggers are switched off instead.',
  }),
  required: z.boolean().default(true).meta({ description: 'false: reported, but doesn’t decide the verdict.' }),
});

const rowBounds = z.strictObject({
  table: name.meta({ description: 'schema.table as it is named after migrating.' }),
  inserted: bound.optional().meta({ description: 'Rows that the migrations insert.' }),
  updated: bound.optional().meta({ description: 'Rows that the migrations update.' }),
  deleted: bound.optional().meta({ description: 'Rows that the migrations delete.' }),
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

const defaultsShown = Object.entries(defaultPolicies)
  .map(([differenceClass, does]) => `${differenceClass} ${does}`)
  .join(', ');

const smoke = z.strictObject({
  name: name.meta({ description: 'What the report calls it.' }),
  command: z
    .array(name)
    .min(1)
    .meta({ description: 'Program and arguments, started without a shell against the migrated clone; exit code 0 means that it works.' }),
  timeoutSeconds: z.number().positive().default(120).meta({ description: 'The command is ended after this time.' }),
});

const maskWords = ['keep', 'null', 'hash', ...fakeKinds.map((kind) => `fake:${kind}` as const)] as const;

/** What comes over instead of a column. */
const columnMask = z.union([
  z.enum(maskWords).meta({
    description:
      'keep: as it is, since it is not personal. null: always NULL. hash: a salted hash of the same type; equal values stay equal, in every table. ' +
      'fake:…: something made up that looks real; equal values get the same.',
  }),
  z.strictObject({ keep: reason.meta({ description: 'As it is, and why that is right.' }) }),
  z.strictObject({ constant: z.union([z.string(), z.number(), z.boolean()]).meta({ description: 'Instead of every value that is not NULL.' }) }),
  z.strictObject({
    sql: z.string().min(1).meta({
      description:
        'An SQL expression that production evaluates for each row; it may use the row’s other columns. Names of functions and types need their schema.',
    }),
  }),
]);

const masking = z
  .strictObject({
    columns: z
      .record(z.string().min(1), columnMask)
      .default({})
      .meta({ description: 'What comes over instead of each column, by schema.table.column. A partitioned table or a parent decides for all its children.' }),
    saltVariable: name.optional().meta({
      description:
        'The environment variable that holds the salt, at least 16 characters: copies with the same salt agree with each other. Random for each copy unless given.',
    }),
    largeObjects: z
      .enum(['empty', 'keep'])
      .optional()
      .meta({ description: 'Large objects can’t be masked: empty makes each without its content. Needed where production has any.' }),
    strict: z
      .boolean()
      .default(false)
      .meta({ description: 'true: every column that is not obviously harmless needs a decision, not only those that look personal.' }),
  })
  .meta({
    description: 'Personal data that never leaves production: production itself gives these columns masked, and nothing is copied while one is undecided.',
  });

const objectName = name.meta({ description: 'Name of the object, qualified as in the report.' });

/** The whole configuration. Validation, editor help (JSON Schema) and the reference page all come from here. */
export const settingsSchema = z
  .strictObject({
    $schema: z.string().optional().meta({ description: 'The JSON Schema of this file, for editors.' }),
    title: z.string().optional().meta({ description: 'What the report calls this project.' }),
    source,
    clone: z
      .strictObject({
        port: z.int().min(1024).max(65535).optional().meta({ description: 'Port of a clone made by `load`; a free one unless given.' }),
        database: name.optional().meta({ description: 'Name of the database on a clone made by `load`; production’s own unless given.' }),
        user: name.optional().meta({ description: 'The role that an application uses on a clone made by `load`.' }),
        password: z.string().optional().meta({ description: 'Its password; a random one unless given.' }),
        keepHours: z.number().positive().default(72).meta({ description: 'How long a clone made by `load` is kept before `gc` removes it.' }),
        databaseNameVariable: name.optional().meta({ description: 'Variable by which the application takes another database name; printed by `load`.' }),
        method: z.enum(cloneMethodNames).optional().meta({
          description:
            'How clones are made; the best one that works on the machine unless given: `doctor` lists them. Where it doesn’t work, nothing else is tried.',
        }),
        acceptOtherMajor: z.strictObject({ reason }).optional().meta({ description: 'Allows a clone of another major version than the source’s.' }),
        statistics: z.enum(['carry', 'analyze']).default('carry').meta({
          description:
            'What the query planner knows of a copy. carry: what production’s knows, so that plans are the same; ANALYZE where that can’t be had. analyze: ANALYZE everywhere.',
        }),
        afterLoad: z.array(file).default([]).meta({
          description:
            'SQL files run as superuser on each copy when it is loaded, in this order, before anything else uses it: such as what keeps the team’s own code from reaching other services.',
        }),
        acceptLosses: z
          .array(z.strictObject({ object: objectName, reason }))
          .default([])
          .meta({ description: 'Fidelity losses that are known and accepted, by object name.' }),
      })
      .prefault({})
      .meta({ description: 'The copies of production that are worked on.' }),
    target: target.optional().meta({
      description:
        'An existing server, such as docker-compose’s, on which clones are databases of our own: those of `run`, and those that `load` and `fresh` keep. ' +
        'Clones get servers of their own unless given.',
    }),
    image: z
      .strictObject({
        reuse: z
          .boolean()
          .default(true)
          .meta({ description: 'A kept image is used again where it fits: same source, server build and masking, and not too old.' }),
        keepHours: z
          .number()
          .positive()
          .optional()
          .meta({ description: 'How long an image made by `run` stays on this machine for further runs. Unless given, it is removed when the run ends.' }),
        maxAgeHours: z.number().positive().optional().meta({
          description:
            'How old data may be. A live source is copied again when it is older (24 unless given); a run stops where that can’t be done, or the dump is older.',
        }),
      })
      .prefault({})
      .meta({ description: 'The frozen copies that clones are started from.' }),
    migrate: z.discriminatedUnion('tool', [sqlFiles, command]).meta({ description: 'How migrations are applied.' }),
    baseline: baseline.meta({ description: 'What the repo says the schema should be.' }),
    schemaGate: z
      .strictObject({
        policies: z
          .partialRecord(z.enum(differenceClasses), policy)
          .default({})
          .meta({ description: `What a difference of each class does. Unless given: ${defaultsShown}.` }),
        exclude: z
          .array(z.strictObject({ object: objectName, reason }))
          .default([])
          .meta({ description: 'Objects left out, by qualified name, such as the ledger’s table.' }),
        include: z
          .array(name)
          .min(1)
          .optional()
          .meta({ description: 'Schemas that are compared; all unless given. What is in no schema, such as extensions, is always compared.' }),
        oldDrift: z
          .enum(['fail', 'report'])
          .default('fail')
          .meta({ description: 'report: what already differed in the same way before this release is told, and doesn’t fail the gate.' }),
        waivers: file.optional().meta({
          description:
            'A JSON file of differences that are accepted for a while, each by object and property, with a reason and the last day on which it holds. pgrehearse.waivers.json, where it is there, unless given.',
        }),
      })
      .prefault({})
      .meta({ description: 'The comparison of the migrated clone with the baseline.' }),
    drift: z
      .strictObject({
        policy: z
          .enum(['finding', 'stop'])
          .default('finding')
          .meta({ description: 'stop: a run ends where production differs from the repo before migrating.' }),
      })
      .prefault({})
      .meta({ description: 'The comparison of production, before migrating, with the repo.' }),
    data: z
      .strictObject({
        parityPercent: z
          .number()
          .min(0)
          .max(100)
          .default(0)
          .meta({ description: 'How far row counts of source and clone may be apart, in percent of the source’s.' }),
        parity: z.enum(['counts', 'content']).default('counts').meta({
          description: 'counts: source and clone have as many rows. content: every column is hashed on both sides too, so production is read twice.',
        }),
        bounds: z.array(rowBounds).default([]).meta({ description: 'How many rows of a table the migrations may change.' }),
        undeclared: z.enum(['fail', 'report']).default('report').meta({ description: 'Rows changed in tables without a bound.' }),
        invariants: z.array(invariant).default([]).meta({ description: 'Statements about the data that must hold after migrating.' }),
      })
      .prefault({})
      .meta({ description: 'What the migrations may do to the data.' }),
    compatibility: z
      .strictObject({ smoke: z.array(smoke).default([]).meta({ description: 'Commands that show that the application works.' }) })
      .prefault({})
      .meta({ description: 'Whether the application works on the migrated clone.' }),
    masking: masking.optional(),
    dump: z
      .strictObject({
        keepHours: z.number().positive().default(72).meta({ description: 'How long a dump made by `clone` is kept before `gc` removes it.' }),
        encryption: encryption.optional().meta({ description: 'Encrypts dumps with age; its public keys or a passphrase. Also what opens them again.' }),
      })
      .prefault({})
      .meta({ description: 'The dumps of production that `clone` writes.' }),
    folders: z
      .strictObject({
        dumps: file.default('dump').meta({ description: 'Where `clone` puts dumps. Must be ignored by git.' }),
        runs: file.default('.pgrehearse/runs').meta({ description: 'Where runs are recorded. Must be ignored by git.' }),
      })
      .prefault({})
      .meta({ description: 'Folders that are written to, relative to the configuration file.' }),
  })
  .meta({ title: 'pgrehearse configuration' });

/** What a person may write. */
export type SettingsInput = z.input<typeof settingsSchema>;
/** What the rest of the program gets: checked, defaults filled in. */
export type Settings = z.output<typeof settingsSchema>;
export type MaskingSettings = z.output<typeof masking>;
export type ColumnMask = z.output<typeof columnMask>;
export type Bound = z.output<typeof bound>;
export type Invariant = z.output<typeof invariant>;
export type RowBounds = z.output<typeof rowBounds>;
export type Expectation = z.output<typeof expectation>;
