import type { Artifact } from './artifact.ts';
import type { BackfillReport, CostReport } from './cost.ts';
import type { TableCount } from './data.ts';
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
import type { Recording } from './recording.ts';
import type { RequiredObjectsReport } from './required-object.ts';
import type { Resource } from './resource.ts';
import type { WayBackReport } from './rollback.ts';
import type { ComparisonScope } from './schema-difference.ts';
import type { SignatureFile } from './signature-file.ts';
import type { SmokeReport } from './smoke.ts';
import type { CopyReport, SourceFacts } from './source-facts.ts';
import type { AfterStep, TablesPlan, TablesReport } from './sync.ts';
import type { RetryRehearsal, TrafficReport } from './traffic.ts';
import type { Verdict } from './verdict.ts';

/** What a run is about, known before it starts. */
export interface RunHeader {
  readonly runId: string;
  /** The project as a person calls it. */
  readonly title: string;
  readonly source: string;
  readonly projectFolder: string;
  readonly toolVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly host: string;
  readonly user: string;
  /** SHA-256 of the parsed configuration, secrets left out. */
  readonly configSha256: string;
  readonly git?: {
    readonly commit: string;
    readonly dirty: boolean;
    /** The hash of all files of the project in that commit: two commits of the same files have the same. Absent in older records. */
    readonly tree?: string;
  };
  /** What was judged, where that isn't the deploy: the way back alone, or whether an earlier run's evidence still applies. */
  readonly scope?: 'way-back' | 'preflight' | 'sync';
}

/**
 * Everything that a phase can say. Terminal, journal and reports are functions of this stream, and of nothing else.
 * Progress and output are for the eye; the journal keeps all but `progress`.
 */
export type Event =
  | { readonly type: 'run-started'; readonly header: RunHeader }
  | { readonly type: 'phase-started'; readonly phase: Phase }
  | { readonly type: 'phase-finished'; readonly phase: Phase; readonly outcome: PhaseOutcome; readonly summary: string; readonly durationMs: number }
  | { readonly type: 'step'; readonly phase: Phase; readonly text: string }
  | {
      readonly type: 'progress';
      readonly phase: Phase;
      readonly task: string;
      readonly done: number;
      readonly total?: number;
      readonly unit: 'rows' | 'bytes' | 'objects';
      /** Of the last seconds, in units; worked out from the events where it isn't given. */
      readonly ratePerSecond?: number;
      /** What came with the units, and how fast. */
      readonly bytes?: number;
      readonly bytesPerSecond?: number;
      /** 0 to 1, where it is known better than by `done` and `total`. */
      readonly share?: number;
      readonly etaSeconds?: number;
    }
  | { readonly type: 'output'; readonly phase: Phase; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  | { readonly type: 'source-read'; readonly facts: SourceFacts }
  | {
      /** Every migration of the repo, in the order of its tool. */
      readonly type: 'migrations-read';
      /** As configured, with its version where the tool was asked. */
      readonly tool: string;
      readonly migrations: readonly (Pick<Migration, 'revision' | 'file' | 'sha256'> & WayDownHash)[];
    }
  | { readonly type: 'copied'; readonly report: CopyReport }
  | {
      /** The frozen copy is there, and the clone that will be migrated. */
      readonly type: 'cloned';
      readonly imageId: string;
      /** ISO 8601. */
      readonly dataAsOf: string;
      /** For people: `PostgreSQL 15.18, /usr/lib/postgresql/15`. */
      readonly server: string;
      readonly database: string;
    }
  | {
      readonly type: 'lineage-read';
      readonly applied: readonly string[];
      readonly pending: readonly Pick<Migration, 'revision' | 'file' | 'sha256'>[];
      readonly unknown: readonly string[];
      /** The revisions that nothing follows; absent where nobody knows the files. */
      readonly heads?: readonly RevisionPlace[];
    }
  /** Production, which was never stamped, was held against the revision that it is taken for. */
  | { readonly type: 'anchor-compared'; readonly parity: AnchorParity }
  /** The clone was given a list of applied migrations; production never is. */
  | { readonly type: 'stamped'; readonly report: StampReport }
  /** What the migration tool itself says, asked on the clone. */
  | { readonly type: 'tool-answered'; readonly phase: Phase; readonly answer: ToolAnswer }
  /** What the ledger says when the migrations have run. */
  | { readonly type: 'history-applied'; readonly report: AppliedReport }
  | { readonly type: 'statement'; readonly statement: StatementRecord }
  | { readonly type: 'migration-finished'; readonly outcome: MigrationOutcome }
  | { readonly type: 'recorded'; readonly recording: Recording }
  | { readonly type: 'traffic'; readonly report: TrafficReport }
  | { readonly type: 'retried'; readonly rehearsal: RetryRehearsal }
  | { readonly type: 'costed'; readonly report: CostReport }
  | { readonly type: 'backfilled'; readonly report: BackfillReport }
  | { readonly type: 'cut'; readonly cut: Cut }
  | { readonly type: 'rolled-back'; readonly report: WayBackReport }
  | { readonly type: 'queries'; readonly report: QueriesReport }
  | { readonly type: 'compared'; readonly phase: Phase; readonly scope: ComparisonScope; readonly differences: number; readonly waivers?: readonly WaiverUse[] }
  /** From here on, nobody but the run may work on the clone. `at` is ISO 8601, `lsn` where its log stood. */
  | { readonly type: 'clone-complete'; readonly database: string; readonly at: string; readonly lsn: string }
  | { readonly type: 'isolated'; readonly report: IsolationReport }
  /** Somebody's word for what can't be measured. `at` is ISO 8601. */
  | { readonly type: 'attested'; readonly what: 'isolation' | 'backup' | 'source'; readonly by: string; readonly at: string; readonly text: string }
  | { readonly type: 'required-objects'; readonly report: RequiredObjectsReport }
  | { readonly type: 'counted'; readonly moment: 'source' | 'clone' | 'before' | 'after'; readonly counts: readonly TableCount[] }
  | { readonly type: 'preserved'; readonly report: PreservationReport }
  | { readonly type: 'smoked'; readonly report: SmokeReport }
  | { readonly type: 'preflighted'; readonly report: PreflightReport }
  /** What a sync of staging is going to do to its tables, before anything is changed; and what it did. */
  | { readonly type: 'tables-planned'; readonly plan: TablesPlan }
  | { readonly type: 'tables-synced'; readonly report: TablesReport }
  /** Something that was done on staging, or asked of it, once the data was there. */
  | { readonly type: 'after-sync'; readonly step: AfterStep }
  /** Both buckets were listed: what would be copied. */
  | { readonly type: 'objects-planned'; readonly report: ObjectsPlanReport }
  | { readonly type: 'objects-synced'; readonly report: ObjectsReport }
  | { readonly type: 'object-references'; readonly report: ReferencesReport }
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'gate'; readonly gate: GateResult }
  | { readonly type: 'artifact'; readonly artifact: Artifact }
  /** `broke`: connections through it are gone, and it is being opened again. */
  | {
      readonly type: 'tunnel';
      readonly what: 'opened' | 'broke' | 'opened-again' | 'given-up';
      readonly kind: 'ssm' | 'ssh';
      /** `host:port` of the server behind it. */
      readonly destination: string;
      readonly failure?: Failure;
    }
  | { readonly type: 'resource'; readonly what: 'planned' | 'made' | 'removed' | 'not-removed'; readonly resource: Resource; readonly failure?: Failure }
  | { readonly type: 'failure'; readonly phase: Phase; readonly failure: Failure }
  | { readonly type: 'run-finished'; readonly verdict: Verdict; readonly exitCode: number; readonly durationMs: number; readonly peakMemoryBytes: number }
  /** Comes after the last line of the journal, and so isn't in it. */
  | { readonly type: 'sealed'; readonly rootSha256: string; readonly signature?: SignatureFile };

export type Emit = (event: Event) => void;
