import { z } from 'zod';
import { cloneMethodNames } from '../core/clone-method-name.ts';
import { differenceClasses } from '../core/schema-difference.ts';
import { backfill } from './settings/backfill.ts';
import { baseline } from './settings/baseline.ts';
import { checkAnchor } from './settings/check-anchor.ts';
import { checkRequiredTables } from './settings/check-required-tables.ts';
import { checkSmoke } from './settings/check-smoke.ts';
import { checkTarget } from './settings/check-target.ts';
import { checkExceptions, parityException, sample } from './settings/content.ts';
import { type bound, contentChange, type expectation, massChange, requiredTable, rowBounds } from './settings/data.ts';
import { encryption } from './settings/encryption.ts';
import { evidence } from './settings/evidence.ts';
import { file, name, objectName, reason } from './settings/fields.ts';
import { checkGates, gates } from './settings/gates.ts';
import { interruptions } from './settings/interruptions.ts';
import {
  type appendOnly,
  type balances,
  type foreignKeysHold,
  type invariant,
  invariants,
  type rlsIsolation,
  type sequenceAhead,
  type sqlInvariant,
  type statusForward,
  type viewEquals,
} from './settings/invariants.ts';
import { isolation, preconditions } from './settings/isolation.ts';
import { anchor, lineage } from './settings/lineage.ts';
import { type columnMask, masking } from './settings/masking.ts';
import { migrate } from './settings/migrate.ts';
import { pgTap } from './settings/pg-tap.ts';
import { defaultsShown, policy } from './settings/policies.ts';
import { pooling } from './settings/pooling.ts';
import { preflight } from './settings/preflight.ts';
import { newQueries, plans, queries } from './settings/queries.ts';
import { record } from './settings/record.ts';
import { requiredObjects } from './settings/required-objects.ts';
import { rollback } from './settings/rollback.ts';
import { runbook } from './settings/runbook.ts';
import type { serverCheck } from './settings/server-checks.ts';
import { application, before, smoke } from './settings/smoke.ts';
import { source } from './settings/source.ts';
import { sync } from './settings/sync.ts';
import { target } from './settings/target.ts';
import { traffic } from './settings/traffic.ts';

export { defaultPolicies } from './settings/policies.ts';

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
        '"throwaway": `run` rehearses on the restored or attached copy of production itself, where its data is too big for this machine. ' +
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
    migrate,
    lineage,
    anchor: anchor.optional(),
    record,
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
        parity: z
          .union([z.enum(['counts', 'content']), sample])
          .default('counts')
          .meta({
            description:
              'counts: source and clone have as many rows. content: every column is hashed on both sides too, so production is read twice. A sample: as content, for some of the rows.',
          }),
        parityExceptions: z.array(parityException).default([]).meta({
          description: 'Deviations of the clone from production that are known, with the reason; told in the report. One that explains nothing is a fault.',
        }),
        bounds: z.array(rowBounds).default([]).meta({ description: 'How many rows of a table the migrations may change.' }),
        preservation: z
          .union([z.enum(['exact', 'off']), sample])
          .default('exact')
          .meta({
            description:
              'exact: every column is hashed before and after migrating, and values that are gone or altered fail the run. off: not looked for. A sample: as exact, for some of the rows.',
          }),
        contentChanges: z
          .array(contentChange)
          .default([])
          .meta({ description: 'Columns and tables whose values the migrations may alter or drop, with the reason.' }),
        undeclared: z.enum(['fail', 'report']).default('report').meta({ description: 'Rows changed in tables without a bound.' }),
        massChange: massChange.prefault({}).meta({
          description:
            'From when on undeclared changes of one table fail the run, whatever `undeclared` says: when they are more than both. A table that is emptied does at any size. off: never.',
        }),
        requiredTables: z.array(requiredTable).default([]).meta({
          description:
            'Tables that the application must be able to read and write after migrating: each is tried as its role in a transaction that is rolled back.',
        }),
        invariants: invariants.default([]).meta({ description: 'Statements about the data that must hold after migrating.' }),
        pgTap: pgTap.optional().meta({
          description: 'The team’s pgTAP tests, run on the migrated clone in transactions that are rolled back. They need a server that has the extension.',
        }),
      })
      .check(checkExceptions)
      .prefault({})
      .meta({ description: 'What the migrations may do to the data.' }),
    compatibility: z
      .strictObject({
        queries,
        newQueries: newQueries.optional(),
        plans,
        role: name.optional().meta({
          description:
            'The role that the application logs in as; traffic.role unless given. With neither it is the clone’s superuser, whom no missing right stops: no check passes then.',
        }),
        application: application.optional().meta({ description: 'The application under test: it is started on a free port, and stopped again.' }),
        before: before.optional().meta({
          description: 'Today’s application, tried on clones of its own: before migrating, and on the migrated schema. Without it nothing is known of either.',
        }),
        pooling: pooling.optional().meta({
          description:
            'A PgBouncer of our own before the clone: the invariants that have a role or settings are asked through it too, and what a client leaves to the next one is looked for.',
        }),
        browser: file.optional().meta({ description: 'The browser of page checks; chromium, Chrome or Edge from PATH unless given.' }),
        smoke: z.array(smoke).default([]).meta({
          description: 'What shows that the application works. A check that passes although nobody came to the clone proves nothing, and is inconclusive.',
        }),
      })
      .superRefine(checkSmoke)
      .prefault({})
      .meta({ description: 'Whether the application works on the migrated clone.' }),
    requiredObjects,
    rollback,
    runbook,
    preconditions,
    isolation,
    gates,
    masking: masking.optional(),
    traffic,
    interruptions,
    backfills: z
      .array(backfill)
      .default([])
      .meta({ description: 'Backfills that run after the migrations in batches: some of them are tried on a clone of their own, and the whole is predicted.' }),
    dump: z
      .strictObject({
        keepHours: z.number().positive().default(72).meta({ description: 'How long a dump made by `clone` is kept before `gc` removes it.' }),
        encryption: encryption.optional().meta({ description: 'Encrypts dumps with age; its public keys or a passphrase. Also what opens them again.' }),
      })
      .prefault({})
      .meta({ description: 'The dumps of production that `clone` writes.' }),
    evidence,
    preflight,
    sync: sync.optional(),
    folders: z
      .strictObject({
        dumps: file.default('dump').meta({ description: 'Where `clone` puts dumps. Must be ignored by git.' }),
        runs: file.default('.pgrehearse/runs').meta({ description: 'Where runs are recorded. Must be ignored by git.' }),
      })
      .prefault({})
      .meta({ description: 'Folders that are written to, relative to the configuration file.' }),
  })
  .superRefine(checkRequiredTables)
  .superRefine(checkAnchor)
  .superRefine(checkGates)
  .superRefine(checkTarget)
  .meta({ title: 'pgrehearse configuration' });

/** What a person may write. */
export type SettingsInput = z.input<typeof settingsSchema>;
/** What the rest of the program gets: checked, defaults filled in. */
export type Settings = z.output<typeof settingsSchema>;
export type SourceSettings = z.output<typeof source>;
export type PlanSettings = z.output<typeof plans>;
export type TrafficSettings = z.output<typeof traffic>;
export type RecordSettings = z.output<typeof record>;
export type MaskingSettings = z.output<typeof masking>;
export type BackfillSettings = z.output<typeof backfill>;
export type ColumnMask = z.output<typeof columnMask>;
export type ContentChange = z.output<typeof contentChange>;
export type ParityException = z.output<typeof parityException>;
export type Bound = z.output<typeof bound>;
export type Invariant = z.output<typeof invariant>;
export type SqlInvariant = z.output<typeof sqlInvariant>;
export type RlsIsolation = z.output<typeof rlsIsolation>;
export type AppendOnly = z.output<typeof appendOnly>;
export type StatusForward = z.output<typeof statusForward>;
export type ViewEquals = z.output<typeof viewEquals>;
export type Balances = z.output<typeof balances>;
export type ForeignKeysHold = z.output<typeof foreignKeysHold>;
export type SequenceAhead = z.output<typeof sequenceAhead>;
export type RowBounds = z.output<typeof rowBounds>;
export type MassChange = z.output<typeof massChange>;
export type RequiredTable = z.output<typeof requiredTable>;
export type PoolingSettings = z.output<typeof pooling>;
export type Expectation = z.output<typeof expectation>;
export type EvidenceSettings = z.output<typeof evidence>;
export type SmokeCheck = z.output<typeof smoke>;
export type ApplicationSettings = z.output<typeof application>;
export type RunbookSettings = z.output<typeof runbook>;
export type RunbookMigration = RunbookSettings['migrations'][number];
export type ServerCheck = z.output<typeof serverCheck>;
export type BeforeSettings = z.output<typeof before>;
