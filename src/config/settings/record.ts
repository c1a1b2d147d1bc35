import { z } from 'zod';

const milliseconds = (fallback: number, description: string) => z.int().nonnegative().default(fallback).meta({ description });

/** What is long, large or late. The defaults are those of GitLab's migration guidelines where these have one. */
const limits = z
  .strictObject({
    longLockMs: milliseconds(1_000, 'A table that is locked against writes for this long stalls the application: its finding is as grave as its check allows.'),
    briefLockMs: milliseconds(100, 'A lock that is held for less than this is only noted, on tables that aren’t small.'),
    smallTableRows: z.int().nonnegative().default(10_000).meta({ description: 'A table of at most so many rows is small, unless it is larger in bytes.' }),
    smallTableBytes: z
      .int()
      .nonnegative()
      .default(10 * 1024 * 1024)
      .meta({ description: 'A table of at most so many bytes is small: rewriting or scanning it is no finding while its lock isn’t held long.' }),
    lockTimeoutMs: milliseconds(10_000, 'A statement that may wait longer than this for a strong lock counts as one without lock_timeout.'),
    transactionMs: milliseconds(60_000, 'How long one transaction may last.'),
    migrationMs: milliseconds(180_000, 'How long a migration may take before deploying.'),
    postDeployMigrationMs: milliseconds(600_000, 'How long it may take if it runs after deploying.'),
    anyMigrationMs: milliseconds(1_200_000, 'How long any migration may take.'),
    statementMs: milliseconds(100, 'How long a statement may take.'),
    slowStatementMs: milliseconds(1_000, 'A statement that takes longer is told by itself.'),
    concurrentMs: milliseconds(300_000, 'How long a statement with CONCURRENTLY, or VALIDATE CONSTRAINT, may take before deploying.'),
    postDeployConcurrentMs: milliseconds(1_200_000, 'How long it may take after deploying.'),
    keyUsedPercent: z.number().min(0).max(100).default(50).meta({ description: 'The share of an integer key’s values that may be used up.' }),
    backfillPercent: z.number().min(0).max(100).default(10).meta({ description: 'The share of a table’s rows after whose change it has to be analysed.' }),
    stallMs: milliseconds(1_000, 'How long a statement of the traffic may be stalled.'),
  })
  .prefault({})
  .meta({ description: 'From when on something is a finding.' });

const policy = z.enum(['blocker', 'warning', 'note', 'off']);
type Policy = z.infer<typeof policy>;

/** What a finding of each check is at its worst, and what it is about. What decides about production's stalls blocks; what a person has to weigh doesn't. */
export const recordingPolicies = {
  rewrite: ['blocker', 'A table or index is written anew under a lock.'],
  'volatile-default': ['blocker', 'A new column’s default is worked out for each row, so that the table is written anew.'],
  'scan-under-lock': ['blocker', 'A whole table is read while it is locked.'],
  'validated-under-lock': ['blocker', 'NOT NULL, a foreign key or a check is validated while the table is locked.'],
  'blocking-index': ['blocker', 'An index is built without CONCURRENTLY.'],
  'long-lock': ['blocker', 'A table is locked for long.'],
  'concurrently-in-transaction': ['blocker', 'CONCURRENTLY was asked for in a transaction, which fails.'],
  'dropped-by-cascade': ['warning', 'CASCADE took objects along that the statement didn’t name.'],
  'published-table': ['blocker', 'A table that is replicated logically is changed.'],
  stall: ['blocker', 'Traffic was stalled while migrating.'],
  'application-errors': ['blocker', 'Traffic met errors while migrating.'],
  'type-change': ['warning', 'A column’s type or the labels of an enum change.'],
  'no-lock-timeout': ['warning', 'A strong lock may be waited for without end.'],
  'long-transaction': ['warning', 'A transaction lasts long.'],
  'unindexed-foreign-key': ['warning', 'A new foreign key has no index on the referencing side.'],
  'integer-key': ['warning', 'An integer key is used up soon.'],
  'no-analyze': ['warning', 'Many rows changed, and the table was not analysed.'],
  'cluster-wide': ['warning', 'A statement changes the server and not only the database.'],
  duration: ['warning', 'A migration or statement takes long.'],
} as const satisfies Readonly<Record<string, readonly [Policy, string]>>;

export type RecordingCheckName = keyof typeof recordingPolicies;

const checks = Object.fromEntries(
  Object.entries(recordingPolicies).map(([check, [fallback, description]]) => [check, policy.default(fallback).meta({ description })]),
) as { [K in RecordingCheckName]: z.ZodDefault<typeof policy> };

export const record = z
  .strictObject({
    enabled: z.boolean().default(true).meta({
      description:
        'The migrations run through the flight recorder and, unless traffic.enabled is false, under traffic; locks, rewrites and stalls are judged. false: nobody looks, and the report says so.',
    }),
    limits,
    checks: z.strictObject(checks).prefault({}).meta({ description: 'What a finding of each check is at its worst; off: not looked for.' }),
    squawk: z.enum(['note', 'off']).default('note').meta({
      description: 'note: squawk 2 is asked for hints where it is in the project’s node_modules/.bin or on PATH; they never decide. off: it isn’t asked.',
    }),
  })
  .prefault({})
  .meta({ description: 'What the flight recorder’s findings mean.' });
