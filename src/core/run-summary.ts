import type { Artifact } from './artifact.ts';
import type { BackfillReport, CostReport } from './cost.ts';
import { type RowChange, type TableCount, tableName } from './data.ts';
import type { RunHeader } from './event.ts';
import type { JournalEntry } from './evidence.ts';
import type { Finding } from './finding.ts';
import { compareFindings } from './finding-order.ts';
import type { GateResult } from './gate.ts';
import type { Cut } from './interruption.ts';
import type { IsolationReport } from './isolation.ts';
import type { AppliedReport } from './lineage.ts';
import type { MigrationOutcome } from './migration.ts';
import { phases } from './phase.ts';
import type { PreflightReport } from './preflight.ts';
import type { PreservationReport } from './preservation.ts';
import type { QueriesReport } from './queries.ts';
import { recordRun } from './record-run.ts';
import type { Recording } from './recording.ts';
import type { RequiredObjectsReport } from './required-object.ts';
import type { WayBackReport } from './rollback.ts';
import type {
  Attestation,
  CloneComplete,
  ClonedSummary,
  ComparisonSummary,
  FailureSummary,
  HistorySummary,
  Leftover,
  LineageSummary,
  MigrationRecord,
  ObjectsSummary,
  OutputLine,
  PhaseSummary,
  RepoSummary,
  RunRecord,
  StatementSummary,
  SyncSummary,
} from './run-record.ts';
import type { SmokeReport } from './smoke.ts';
import type { CopyReport, SourceFacts } from './source-facts.ts';
import type { RetryRehearsal, TrafficReport } from './traffic.ts';
import type { Verdict } from './verdict.ts';
import { withoutUndefined } from './without-undefined.ts';

export type { ComparisonSummary, PhaseSummary, StatementSummary } from './run-record.ts';

/** One migration, from the lineage and from what ran. */
export interface MigrationSummary {
  readonly revision: string;
  readonly file?: string;
  readonly sha256?: string;
  /** `not-run`: an earlier one failed. `unfinished`: it had started when the record ends. */
  readonly state: 'applied' | 'failed' | 'not-run' | 'unfinished';
  readonly outcome?: MigrationOutcome;
  /** Of the last attempt. */
  readonly statements: readonly StatementSummary[];
  /** How often it was run: 2 when it had to be run again without a transaction. */
  readonly attempts: number;
}

/** A run in the shape in which people read it. Terminal, HTML, Markdown and JSON are functions of this, and of nothing else. */
export interface RunSummary {
  readonly header?: RunHeader;
  /** ISO 8601 of the first and the last entry. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** False: the record ends before the verdict; the run was killed, or is still going on. */
  readonly finished: boolean;
  readonly verdict?: Verdict;
  readonly exitCode?: number;
  /** Of the whole run; from the entries' times when it is unfinished. */
  readonly durationMs: number;
  readonly peakMemoryBytes?: number;
  /** All eleven, in order. */
  readonly phases: readonly PhaseSummary[];
  readonly gates: readonly GateResult[];
  /** The gravest first; each once. */
  readonly findings: readonly Finding[];
  readonly failures: readonly FailureSummary[];
  readonly lineage?: LineageSummary;
  /** How the history was held against what is expected of it; absent where nothing was asked but what is pending. */
  readonly history?: HistorySummary;
  readonly migrations: readonly MigrationSummary[];
  /** What the flight recorder saw while the migrations ran; absent where nothing was recorded. */
  readonly recording?: Recording;
  readonly traffic?: TrafficReport;
  readonly retries: readonly RetryRehearsal[];
  /** What the recorded migrations cost, and what that says of production; absent where nothing was recorded. */
  readonly cost?: CostReport;
  /** Declared backfills of which batches were tried. */
  readonly backfills: readonly BackfillReport[];
  /** What became of the application's queries, in each direction that was tried. */
  readonly queries: readonly QueriesReport[];
  /** What became of deploys that were cut off and run again. */
  readonly cuts: readonly Cut[];
  /** Whether the application works: a report for each moment at which it was tried. */
  readonly smoke: readonly SmokeReport[];
  /** Ways back from the deploy that were rehearsed. */
  readonly waysBack: readonly WayBackReport[];
  /** All migrations of the repo; absent where the run ended before they were read. */
  readonly repo?: RepoSummary;
  readonly cloned?: ClonedSummary;
  /** SHA-256 of the sealed manifest; absent in what is sealed itself, since it can't hold its own hash. */
  readonly rootSha256?: string;
  /** Whether an earlier run's evidence still applies, where that was asked and nothing was rehearsed. */
  readonly preflight?: PreflightReport;
  /** What was brought to staging, where that was asked and nothing was rehearsed. */
  readonly sync?: SyncSummary;
  readonly objects: ObjectsSummary;
  readonly source?: SourceFacts;
  readonly copy?: CopyReport;
  /** Tables counted both in the source and in the clone: `before` is the source. */
  readonly parity: readonly RowChange[];
  /** Tables counted around the migrations. */
  readonly rowChanges: readonly RowChange[];
  /** What became of the values that were there before; absent where nobody asked. */
  readonly preservation?: PreservationReport;
  /** Objects that the configuration requires, as they were found; absent where none are, or the run ended before. */
  readonly requiredObjects?: RequiredObjectsReport;
  /** When the clone was complete: nobody else may work on it from then on. */
  readonly cloneComplete?: CloneComplete;
  /** Whether anybody else did; absent where the run ended before that was told. */
  readonly isolation?: IsolationReport;
  /** What somebody gave their word for. */
  readonly attestations: readonly Attestation[];
  readonly comparisons: readonly ComparisonSummary[];
  readonly artifacts: readonly Artifact[];
  readonly leftovers: readonly Leftover[];
  /** The last lines that the team's own commands printed. */
  readonly output: readonly OutputLine[];
  /** The head of the journal's chain of hashes at the time of the summary. */
  readonly journal: { readonly entries: number; readonly lastEntrySha256?: string };
}

const outputLinesKept = 400;

/**
 * Folds a journal into a summary. Tolerant of a record that ends anywhere: what didn't happen is absent, and `finished` says so.
 *
 * @example const summary = summarise(evidence.entries); summary.verdict?.kind
 */
export function summarise(entries: readonly JournalEntry[]): RunSummary {
  const found = recordRun(entries.map((entry) => entry.event));
  const startedAt = entries[0]?.at;
  const endedAt = entries.at(-1)?.at;
  return {
    ...withoutUndefined({ header: found.header, startedAt, endedAt, lineage: found.lineage, source: found.source, copy: found.copy }),
    ...withoutUndefined({ recording: found.recording, traffic: found.traffic, preservation: found.preservation, requiredObjects: found.requiredObjects }),
    ...withoutUndefined({ cloneComplete: found.cloneComplete, isolation: found.isolation }),
    ...withoutUndefined({ repo: found.repo, cloned: found.cloned, rootSha256: found.rootSha256 }),
    ...withoutUndefined({ history: historyOf(found) }),
    attestations: found.attestations,
    retries: found.retries,
    ...withoutUndefined({ cost: found.cost, preflight: found.preflight, sync: found.sync }),
    backfills: found.backfills,
    queries: found.queries,
    cuts: found.cuts,
    waysBack: found.waysBack,
    smoke: found.smoke,
    objects: found.objects,
    ...withoutUndefined({ verdict: found.end?.verdict, exitCode: found.end?.exitCode, peakMemoryBytes: found.end?.peakMemoryBytes }),
    finished: found.end !== undefined,
    durationMs: found.end?.durationMs ?? timeBetween(startedAt, endedAt),
    phases: phases.map((phase) => found.phases.get(phase) ?? { phase, outcome: 'not-run', summary: '', steps: [] }),
    gates: [...found.gates.values()].sort((a, b) => phases.indexOf(a.phase) - phases.indexOf(b.phase)),
    findings: [...found.findings.values()].sort(compareFindings),
    failures: found.failures,
    migrations: [...found.migrations.values()].map((migration) => finishMigration(migration, found.recording, found.applied)),
    parity: pair(found.counts.get('source') ?? found.copy?.sourceCounts, found.counts.get('clone')),
    rowChanges: pair(found.counts.get('before'), found.counts.get('after')),
    comparisons: found.comparisons,
    artifacts: [...found.artifacts.values()],
    leftovers: [...found.leftovers.values()],
    output: found.output.slice(-outputLinesKept),
    journal: { entries: entries.length, ...withoutUndefined({ lastEntrySha256: entries.at(-1)?.sha256 }) },
  };
}

function historyOf({ parities, stamp, answers, applied }: RunRecord): HistorySummary | undefined {
  if (parities.length === 0 && stamp === undefined && answers.length === 0 && applied === undefined) return undefined;
  return { parities, answers, ...withoutUndefined({ stamp, applied }) };
}

function finishMigration(migration: MigrationRecord, recording: Recording | undefined, applied: AppliedReport | undefined): MigrationSummary {
  // One that was ended without an error of the server tells what it left behind all the same.
  const failed =
    migration.outcome?.error !== undefined ||
    migration.outcome?.leftBehind !== undefined ||
    migration.statements.some((statement) => statement.error !== undefined);
  // A team's own tool says nothing of each; its ledger does.
  const isApplied = migration.outcome !== undefined || applied?.recorded.includes(migration.revision) === true;
  const state = failed ? 'failed' : isApplied ? 'applied' : migration.attempts > 0 ? 'unfinished' : 'not-run';
  return { ...migration, state, statements: joinRecorded(migration, recording) };
}

/** The recorder numbers what went over the wire, the runner what stands in the file: both are in the order in which they ran. */
function joinRecorded({ revision, statements }: MigrationRecord, recording: Recording | undefined): readonly StatementSummary[] {
  const recorded = recording?.statements.filter(({ migration }) => migration === revision) ?? [];
  if (recorded.length !== statements.length) return statements;
  return statements.map((statement, index) => ({ ...statement, ...withoutUndefined({ recorded: recorded[index] }) }));
}

/** Milliseconds; 0 when either time is unknown. */
function timeBetween(startedAt: string | undefined, endedAt: string | undefined): number {
  const durationMs = Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '');
  return Number.isNaN(durationMs) ? 0 : Math.max(0, durationMs);
}

/** Two counts side by side, by table name; nothing unless both were made. */
function pair(before: readonly TableCount[] | undefined, after: readonly TableCount[] | undefined): readonly RowChange[] {
  if (before === undefined || after === undefined) return [];
  const left = new Map(before.map((count) => [tableName(count), count.rows]));
  const right = new Map(after.map((count) => [tableName(count), count.rows]));
  return [...new Set([...left.keys(), ...right.keys()])].sort().map((table) => ({ table, before: left.get(table), after: right.get(table) }));
}
