import type { Artifact } from './artifact.ts';
import type { BackfillReport, CostReport } from './cost.ts';
import type { TableCount } from './data.ts';
import type { RunHeader } from './event.ts';
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
