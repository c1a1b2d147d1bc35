import { z } from 'zod';
import { tableModes } from '../../core/sync.ts';
import { file, keysAreRight, name, reason } from './fields.ts';
import { checkPlace, placeFields } from './place.ts';
import { command } from './smoke-fields.ts';
import { expectedAnswer, httpRequest } from './smoke-http.ts';
import { syncObjects } from './sync-objects.ts';

const identity = z
  .strictObject({
    host: name.optional().meta({ description: 'The host that the URL must name.' }),
    database: name.optional().meta({ description: 'The database that the session must be in.' }),
    systemIdentifier: z.string().regex(/^\d+$/).optional().meta({ description: 'What `select system_identifier from pg_control_system()` must say, as text.' }),
  })
  .meta({ description: 'What this side has to be: a URL that leads elsewhere is refused before anything is read.' });

const production = z
  .strictObject({
    ...placeFields,
    allowPrimary: z.boolean().default(false).meta({ description: 'Needed to read a live primary: its snapshot is held open meanwhile.' }),
    identity: identity.optional(),
    primary: z.strictObject(placeFields).check(checkPlace).optional().meta({
      description: 'Production’s primary, where a replica is read. Only asked whether staging is that server; needed where staging is a physical copy.',
    }),
  })
  .check(checkPlace);

const staging = z
  .strictObject({
    ...placeFields,
    identity: identity
      .optional()
      .meta({ description: 'What staging has to be. Naming database and systemIdentifier says that this very database is staging; else it needs our stamp.' }),
    allowPhysicalCopy: z
      .strictObject({ reason })
      .optional()
      .meta({ description: 'Staging was made from production’s files, such as a restored snapshot: both have the same system identifier.' }),
    allowProductionServer: z
      .strictObject({ reason })
      .optional()
      .meta({ description: 'Staging is another database on production’s own server. It needs our stamp besides.' }),
    lockTimeoutSeconds: z.number().positive().default(10).meta({ description: 'How long a table may be waited for that staging’s application uses.' }),
  })
  .check(checkPlace);

const pattern = name.meta({ description: 'A table, `schema.table` or in public; * stands for any text.' });

const tables = z
  .strictObject({
    include: z.array(pattern).min(1).default(['*.*']).meta({ description: 'Tables that are synced; all unless given.' }),
    exclude: z.array(pattern).default([]).meta({ description: 'Tables that are left as they are.' }),
    mode: z
      .enum(tableModes)
      .default('replace')
      .meta({
        description:
          'replace: staging’s rows give place to production’s. upsert: production’s rows are added or take the place of those with the same primary key. ' +
          'only-if-empty: tables that have rows stay. skip: left as it is.',
      }),
    modes: z.record(pattern, z.enum(tableModes)).default({}).meta({ description: 'Another mode for some tables; the last pattern that fits counts.' }),
    ledgers: z.enum(['skip', 'copy']).default('skip').meta({
      description:
        'Tables in which migration tools write down what is applied. skip: staging’s stay, since production’s would tell staging’s next upgrade that less is applied than is.',
    }),
    transaction: z.enum(['table', 'all']).default('table').meta({
      description: 'table: each table is one transaction, and a table that fails keeps its rows. all: everything or nothing.',
    }),
    values: z.record(z.string().min(1), z.string().min(1)).default({}).meta({
      description:
        'What a column of staging gets, by schema.table.column: an SQL expression that production evaluates for each row. For types that don’t fit, and columns that production lacks. Names of functions and types need their schema.',
    }),
    acceptEmpty: z
      .array(z.strictObject({ table: name.meta({ description: 'The table, with its schema.' }), reason }))
      .default([])
      .meta({ description: 'Tables that may come over empty, although production’s statistics say that they hold rows, or no table has any.' }),
    parity: z.enum(['content', 'counts']).default('content').meta({
      description: 'What proves a table before it is committed. content: a hash of every value on both sides. counts: as many rows.',
    }),
  })
  .prefault({})
  .meta({ description: 'Which tables, and how.' });

const neutraliser = z
  .strictObject({
    sql: z.string().min(1).optional().meta({ description: 'Statements.' }),
    file: file.optional().meta({ description: 'An SQL file. Relative to the configuration file.' }),
    table: name.optional().meta({
      description: 'Run in the transaction that fills this table, so that nobody ever sees its rows as they came. Unless given, after all tables.',
    }),
  })
  .refine((given) => (given.sql === undefined) !== (given.file === undefined), { error: 'needs one of sql and file', when: keysAreRight });

const httpCheck = z.strictObject({
  name: name.meta({ description: 'What the report calls it.' }),
  required: z.boolean().default(true).meta({ description: 'false: reported, but doesn’t decide the verdict.' }),
  ...httpRequest.shape,
  expect: expectedAnswer.prefault({}).meta({ description: 'What has to be answered; any status from 200 to 299 unless given.' }),
});

const jsonPath = z.string().meta({ description: 'Where in the answer’s JSON: `data.total`; empty for the whole.' });

const after = z
  .strictObject({
    migrate: z
      .union([
        z.strictObject({
          command: command.meta({ description: 'Program and arguments, without a shell. DATABASE_URL and the PG* variables lead to staging.' }),
          env: z.record(z.string(), z.string()).default({}).meta({ description: 'Further environment variables.' }),
          timeoutSeconds: z.number().positive().default(600).meta({ description: 'The command is ended after this time.' }),
        }),
        z.strictObject({
          http: httpRequest
            .extend({ expect: expectedAnswer.prefault({}).meta({ description: 'What has to be answered.' }) })
            .meta({ description: 'A request that has staging migrate itself.' }),
        }),
      ])
      .optional()
      .meta({ description: 'Migrations on staging, once the data is there.' }),
    checks: z.array(httpCheck).default([]).meta({ description: 'Requests to staging, and what has to be answered.' }),
    counts: z
      .array(z.strictObject({ table: name.meta({ description: 'The table whose rows the number has to be.' }), ...httpRequest.shape, path: jsonPath }))
      .default([])
      .meta({ description: 'Numbers that staging’s application gives, which have to be the rows of a table.' }),
    versions: z
      .strictObject({
        production: httpRequest.extend({ path: jsonPath }).meta({ description: 'Where production says which version it runs.' }),
        staging: httpRequest.extend({ path: jsonPath }).meta({ description: 'Where staging does.' }),
        expect: z.enum(['same', 'different', 'any']).default('any').meta({ description: 'Whether both should run the same version; any: only told.' }),
      })
      .optional()
      .meta({ description: 'The versions of the application on both sides.' }),
  })
  .prefault({})
  .meta({ description: 'What is done and asked once the data is there.' });

export const sync = z
  .strictObject({
    production: production.optional().meta({ description: 'Where rows come from. It is only read.' }),
    staging: staging.optional().meta({ description: 'Where rows go. Proven to be staging before anything is changed.' }),
    tables,
    objects: syncObjects.optional(),
    neutralise: z
      .array(neutraliser)
      .default([])
      .meta({ description: 'SQL on staging that keeps production’s data from having effects there: tokens, webhooks, addresses, jobs.' }),
    after,
  })
  .refine((given) => (given.production === undefined) === (given.staging === undefined), {
    error: 'names only one of the two databases: production or staging is missing',
    when: keysAreRight,
  })
  .refine((given) => given.production !== undefined || given.objects !== undefined, {
    error: 'names neither databases (production, staging) nor buckets (objects)',
    when: keysAreRight,
  })
  .meta({ description: 'Production’s tables and objects, brought to staging by `pgrehearse sync`.' });

export type SyncSettings = z.output<typeof sync>;
export type SyncDatabase = NonNullable<SyncSettings['production']>;
export type SyncStaging = NonNullable<SyncSettings['staging']>;
