/** The name of the format of a preflight's JSON; a change that breaks readers gets a new number. */
export const preflightFormat = 'pgrehearse-preflight/1';

/** What a preflight looks at, in the order in which it tells it. */
export const preflightCheckNames = [
  'evidence',
  'evidence-age',
  'configuration',
  'commit',
  'migration-files',
  'transcript',
  'identity',
  'server-version',
  'schema',
  'ledger',
  'extensions',
  'roles',
  'settings',
  'long-transactions',
  'replication',
  'wal-archiving',
  'disk-room',
  'freeze-window',
  'point-in-time-recovery',
  'migrator',
  'connections',
] as const;
export type PreflightCheckName = (typeof preflightCheckNames)[number];

/** The question that each check answers, as reports and the configuration's documentation print it. */
export const preflightQuestions: Readonly<Record<PreflightCheckName, string>> = {
  evidence: 'Is the rehearsal’s record sealed and unaltered, and its verdict on the deploy PASS?',
  'evidence-age': 'Is the rehearsal young enough?',
  configuration: 'Was it rehearsed with today’s configuration?',
  commit: 'Was this very commit rehearsed?',
  'migration-files': 'Are the migration files those that were rehearsed?',
  transcript: 'Is the transcript that was approved the one that was rehearsed?',
  identity: 'Is this the database that was rehearsed, and its primary?',
  'server-version': 'Does production run the version that was rehearsed?',
  schema: 'Is production’s schema what it was?',
  ledger: 'Has production the migrations that it had?',
  extensions: 'Are the extensions what they were?',
  roles: 'Are roles and memberships what they were?',
  settings: 'Are the settings of database and server what they were?',
  'long-transactions': 'Would anybody make the migrations wait?',
  replication: 'Do replicas and slots keep up?',
  'wal-archiving': 'Is WAL being archived?',
  'disk-room': 'Is there room for what the migrations write?',
  'freeze-window': 'May anything be deployed now?',
  'point-in-time-recovery': 'Could production be brought back to this moment?',
  migrator: 'Can the migrator log in, with the rights that it had?',
  connections: 'Are there connections left?',
};

export function isPreflightCheck(name: string): name is PreflightCheckName {
  return Object.hasOwn(preflightQuestions, name);
}

/** `not-applicable`: there is nothing that could be so or otherwise, and the reason says why. It neither stops a GO nor makes one. */
export type PreflightOutcome = 'go' | 'no-go' | 'unknown' | 'not-applicable';

/** What a check found, before anybody says whether it counts. */
export interface PreflightFinding {
  readonly check: PreflightCheckName;
  readonly outcome: PreflightOutcome;
  /** One sentence. */
  readonly summary: string;
  /** Each thing that was found, one sentence each: the objects that differ, the sessions that are in the way. */
  readonly reasons: readonly string[];
  /** What to do; absent where there is nothing to do. */
  readonly cure?: string;
}

export interface PreflightCheck extends PreflightFinding {
  /** An advisory check is told but doesn't decide. */
  readonly required: boolean;
}

export type PreflightDecision = 'GO' | 'NO-GO' | 'UNKNOWN';

/** The rehearsal that a preflight is about. */
export interface PreflightedRun {
  readonly runId: string;
  /** ISO 8601; absent where the record has no end. */
  readonly endedAt?: string;
  readonly verdict?: string;
  /** SHA-256 of its manifest, in hex: names the whole of the evidence. Absent where it isn't sealed. */
  readonly rootSha256?: string;
  /** SHA-256 of its deploy transcript, in hex. */
  readonly transcriptSha256?: string;
}

/** Whether the sealed evidence still applies to production. */
export interface PreflightReport {
  readonly format: typeof preflightFormat;
  readonly decision: PreflightDecision;
  /** GO 0, NO-GO 1, UNKNOWN 3. */
  readonly exitCode: 0 | 1 | 3;
  /** Why, in a sentence. */
  readonly summary: string;
  /** ISO 8601. */
  readonly checkedAt: string;
  /** Production as people call it; no secret. */
  readonly production: string;
  readonly rehearsal: PreflightedRun;
  /** In the order of `preflightCheckNames`. */
  readonly checks: readonly PreflightCheck[];
  readonly durationMs: number;
}
