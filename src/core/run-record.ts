import type { Artifact } from './artifact.ts';
import type { BackfillReport, CostReport } from './cost.ts';
import type { TableCount } from './data.ts';
import type { Event, RunHeader } from './event.ts';
import type { WaiverUse } from './explained-comparison.ts';
import type { Failure } from './failure.ts';
import type { Finding } from './finding.ts';
import type { GateResult } from './gate.ts';
import type { Cut } from './interruption.ts';
import type { IsolationReport } from './isolation.ts';
import type { AnchorParity, AppliedReport, RevisionPlace, StampReport, ToolAnswer } from './lineage.ts';
import type { Migration, MigrationOutcome, StatementRecord, WayDownHash } from './migration.ts';
import type { ObjectsPlanReport, ObjectsReport, ReferencesReport } from './objects-report.ts';
import type { Phase, PhaseOutcome } from './phase.ts';
import type { PreflightReport } from './preflight.ts';
import type { PreservationReport } from './preservation.ts';
import type { QueriesReport } from './queries.ts';
import type { RecordedStatement, Recording } from './recording.ts';
import type { RequiredObjectsReport } from './required-object.ts';
import type { Resource } from './resource.ts';
import type { WayBackReport } from './rollback.ts';
import type { ComparisonScope } from './schema-difference.ts';
import type { SmokeReport } from './smoke.ts';
import type { CopyReport, SourceFacts } from './source-facts.ts';
import type { AfterStep, TablesPlan, TablesReport } from './sync.ts';
import type { RetryRehearsal, TrafficReport } from './traffic.ts';
import type { Verdict } from './verdict.ts';
import { withoutUndefined } from './without-undefined.ts';

/** One phase as it went. `unfinished`: it had started when the record ends. */
export interface PhaseSummary {
  readonly phase: Phase;
  readonly outcome: PhaseOutcome | 'unfinished';
  readonly summary: string;
  readonly durationMs?: number;
  /** What the phase said it was doing, in order. */
  readonly steps: readonly string[];
}

export interface StatementSummary extends StatementRecord {
  /** What the flight recorder saw of it. */
  readonly recorded?: RecordedStatement;
}

export interface ComparisonSummary {
  readonly phase: Phase;
  readonly scope: ComparisonScope;
  readonly differences: number;
  /** Absent: the team had none for it. */
  readonly waivers?: readonly WaiverUse[];
}

export interface FailureSummary {
  readonly phase: Phase;
  readonly failure: Failure;
}

export interface LineageSummary {
  readonly applied: readonly string[];
  /** Revisions, in the order in which they run. */
  readonly pending: readonly string[];
  /** Applied in production, and not in the repo. */
  readonly unknown: readonly string[];
  readonly heads?: readonly RevisionPlace[];
}

/** What became of a history that is held against expectations: parity at the anchor, the stamp, the tool's own words, and what was applied. */
export interface HistorySummary {
  readonly parities: readonly AnchorParity[];
  readonly stamp?: StampReport;
  readonly answers: readonly ToolAnswer[];
  readonly applied?: AppliedReport;
}

/** The repo's migrations, in the order of their tool. */
export interface RepoSummary {
  readonly tool: string;
  readonly migrations: readonly (Pick<Migration, 'revision' | 'file' | 'sha256'> & WayDownHash)[];
}

/** Where the clone that was migrated came from, and what it ran on. */
export interface ClonedSummary {
  readonly imageId: string;
  readonly dataAsOf: string;
  readonly server: string;
  readonly database: string;
}

/** When the clone was complete (ISO 8601), and where its log stood. */
export interface CloneComplete {
  readonly database: string;
  readonly at: string;
  readonly lsn: string;
}

/** Somebody's word for what can't be measured. */
export interface Attestation {
  readonly what: 'isolation' | 'backup' | 'source';
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
}

/** What became of the objects of a sync. */
export interface ObjectsSummary {
  readonly plan?: ObjectsPlanReport;
  readonly synced?: ObjectsReport;
  readonly references?: ReferencesReport;
}

/** What a sync of staging was to do with its tables, and did; objects aside. */
export interface SyncSummary {
  readonly plan?: TablesPlan;
  readonly tables?: TablesReport;
  readonly after: readonly AfterStep[];
}

/** Something of ours that could not be removed. */
export interface Leftover {
  readonly resource: Resource;
  readonly failure?: Failure;
}

export interface OutputLine {
  readonly phase: Phase;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

/** What is known while the entries are read. */
export interface RunRecord {
  header?: RunHeader;
  end?: { verdict: Verdict; exitCode: number; durationMs: number; peakMemoryBytes: number };
  lineage?: LineageSummary;
  readonly parities: AnchorParity[];
  stamp?: StampReport;
  readonly answers: ToolAnswer[];
  applied?: AppliedReport;
  repo?: RepoSummary;
  cloned?: ClonedSummary;
  /** Known only to whoever saw the record being sealed. */
  rootSha256?: string;
  source?: SourceFacts;
  copy?: CopyReport;
  /** Of the last attempt. */
  recording?: Recording;
  traffic?: TrafficReport;
  readonly retries: RetryRehearsal[];
  cost?: CostReport;
  readonly backfills: BackfillReport[];
  readonly queries: QueriesReport[];
  readonly cuts: Cut[];
  readonly waysBack: WayBackReport[];
  preservation?: PreservationReport;
  requiredObjects?: RequiredObjectsReport;
  cloneComplete?: CloneComplete;
  isolation?: IsolationReport;
  readonly attestations: Attestation[];
  readonly smoke: SmokeReport[];
  preflight?: PreflightReport;
  readonly objects: { -readonly [K in keyof ObjectsSummary]: ObjectsSummary[K] };
  sync?: { -readonly [K in keyof SyncSummary]: SyncSummary[K] } & { after: AfterStep[] };
  readonly phases: Map<Phase, { -readonly [K in keyof PhaseSummary]: PhaseSummary[K] } & { steps: string[] }>;
  readonly gates: Map<string, GateResult>;
  readonly findings: Map<string, Finding>;
  readonly failures: FailureSummary[];
  readonly migrations: Map<string, MigrationRecord>;
  readonly counts: Map<string, readonly TableCount[]>;
  readonly comparisons: ComparisonSummary[];
  readonly artifacts: Map<string, Artifact>;
  readonly leftovers: Map<string, Leftover>;
  readonly output: OutputLine[];
}

export interface MigrationRecord {
  readonly revision: string;
  readonly file?: string;
  readonly sha256?: string;
  outcome?: MigrationOutcome;
  statements: StatementSummary[];
  attempts: number;
}

/** Reads events in their order. */
export function recordRun(events: Iterable<Event>): RunRecord {
  const found: RunRecord = {
    phases: new Map(),
    gates: new Map(),
    findings: new Map(),
    failures: [],
    migrations: new Map(),
    counts: new Map(),
    comparisons: [],
    artifacts: new Map(),
    leftovers: new Map(),
    output: [],
    parities: [],
    attestations: [],
    answers: [],
    retries: [],
    backfills: [],
    queries: [],
    cuts: [],
    waysBack: [],
    smoke: [],
    objects: {},
  };
  for (const event of events) {
    switch (event.type) {
      case 'run-started':
        found.header = event.header;
        break;
      case 'run-finished':
        found.end = event;
        break;
      case 'phase-started':
        phaseOf(found, event.phase).outcome = 'unfinished';
        break;
      case 'phase-finished':
        Object.assign(phaseOf(found, event.phase), { outcome: event.outcome, summary: event.summary, durationMs: event.durationMs });
        break;
      case 'step':
        phaseOf(found, event.phase).steps.push(event.text);
        break;
      case 'output':
        found.output.push(event);
        break;
      case 'source-read':
        found.source = event.facts;
        break;
      case 'migrations-read':
        found.repo = { tool: event.tool, migrations: event.migrations };
        break;
      case 'cloned':
        found.cloned = { imageId: event.imageId, dataAsOf: event.dataAsOf, server: event.server, database: event.database };
        break;
      case 'sealed':
        found.rootSha256 = event.rootSha256;
        break;
      case 'copied':
        found.copy = event.report;
        break;
      case 'lineage-read':
        found.lineage = {
          ...{ applied: event.applied, pending: event.pending.map((one) => one.revision), unknown: event.unknown },
          ...withoutUndefined({ heads: event.heads }),
        };
        // Read again on another clone, it doesn't undo what is known of a migration.
        for (const one of event.pending) if (!found.migrations.has(one.revision)) found.migrations.set(one.revision, startMigration(one));
        break;
      case 'anchor-compared':
        found.parities.push(event.parity);
        break;
      case 'stamped':
        found.stamp = event.report;
        break;
      case 'tool-answered':
        found.answers.push(event.answer);
        break;
      case 'history-applied':
        found.applied = event.report;
        break;
      case 'statement':
        takeStatement(found.migrations, event.statement);
        break;
      case 'migration-finished':
        takeOutcome(found.migrations, event.outcome);
        break;
      case 'recorded':
        found.recording = event.recording;
        break;
      case 'traffic':
        found.traffic = event.report;
        break;
      case 'retried':
        found.retries.push(event.rehearsal);
        break;
      case 'costed':
        found.cost = event.report;
        break;
      case 'backfilled':
        found.backfills.push(event.report);
        break;
      case 'rolled-back':
        found.waysBack.push(event.report);
        break;
      case 'cut':
        found.cuts.push(event.cut);
        break;
      case 'queries':
        found.queries.push(event.report);
        break;
      case 'compared':
        found.comparisons.push({ phase: event.phase, scope: event.scope, differences: event.differences, ...withoutUndefined({ waivers: event.waivers }) });
        break;
      case 'clone-complete':
        found.cloneComplete = { database: event.database, at: event.at, lsn: event.lsn };
        break;
      case 'isolated':
        found.isolation = event.report;
        break;
      case 'attested':
        found.attestations.push({ what: event.what, by: event.by, at: event.at, text: event.text });
        break;
      case 'required-objects':
        found.requiredObjects = event.report;
        break;
      case 'counted':
        found.counts.set(event.moment, event.counts);
        break;
      case 'preserved':
        found.preservation = event.report;
        break;
      case 'preflighted':
        found.preflight = event.report;
        break;
      case 'objects-planned':
        found.objects.plan = event.report;
        break;
      case 'objects-synced':
        found.objects.synced = event.report;
        break;
      case 'object-references':
        found.objects.references = event.report;
        break;
      case 'tables-planned':
        syncOf(found).plan = event.plan;
        break;
      case 'tables-synced':
        syncOf(found).tables = event.report;
        break;
      case 'after-sync':
        syncOf(found).after.push(event.step);
        break;
      case 'smoked':
        found.smoke.push(event.report);
        break;
      case 'finding':
        // The same fault has the same id in two phases, such as drift and schema-gate: both are told.
        found.findings.set(`${event.finding.phase}\n${event.finding.id}`, event.finding);
        break;
      case 'gate':
        found.gates.set(`${event.gate.phase}\n${event.gate.gate}`, event.gate);
        break;
      case 'artifact':
        found.artifacts.set(event.artifact.path, event.artifact);
        break;
      case 'resource':
        if (event.what === 'not-removed') found.leftovers.set(event.resource.id, { resource: event.resource, ...withoutUndefined({ failure: event.failure }) });
        if (event.what === 'removed') found.leftovers.delete(event.resource.id);
        break;
      case 'failure':
        found.failures.push({ phase: event.phase, failure: event.failure });
        break;
      case 'tunnel':
      case 'progress':
        break;
      default:
        // An event of a newer version: a summary tells what it understands.
        event satisfies never;
    }
  }
  return found;
}

function syncOf(found: RunRecord) {
  found.sync ??= { after: [] };
  return found.sync;
}

function phaseOf(found: RunRecord, phase: Phase) {
  const known = found.phases.get(phase) ?? { phase, outcome: 'unfinished' as const, summary: '', steps: [] };
  found.phases.set(phase, known);
  return known;
}

function startMigration(one: Pick<Migration, 'revision'> & Partial<Pick<Migration, 'file' | 'sha256'>>): MigrationRecord {
  return { revision: one.revision, ...withoutUndefined({ file: one.file, sha256: one.sha256 }), statements: [], attempts: 0 };
}

function migrationOf(migrations: Map<string, MigrationRecord>, revision: string): MigrationRecord {
  const known = migrations.get(revision) ?? startMigration({ revision });
  migrations.set(revision, known);
  return known;
}

function takeStatement(migrations: Map<string, MigrationRecord>, statement: StatementRecord): void {
  const migration = migrationOf(migrations, statement.migration);
  const last = migration.statements.at(-1);
  // Counting from the start again means that the migration was run again, on a new clone: the earlier attempt is void.
  if (last === undefined || statement.index <= last.index) {
    migration.statements = [];
    migration.attempts += 1;
    delete migration.outcome;
  }
  migration.statements.push(statement);
}

function takeOutcome(migrations: Map<string, MigrationRecord>, outcome: MigrationOutcome): void {
  const migration = migrationOf(migrations, outcome.migration);
  if (migration.attempts === 0) migration.attempts = 1;
  migration.outcome = outcome;
}
