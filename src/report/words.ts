import type { Place } from '../core/failure.ts';
import type { Finding, Severity } from '../core/finding.ts';
import type { GateOutcome } from '../core/gate.ts';
import { maskedSentence } from '../core/masking.ts';
import type { RootCause } from '../core/root-cause.ts';
import type { PhaseSummary, RunSummary } from '../core/run-summary.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { showCountOf } from './measures.ts';

/** What a root cause means, as half a sentence that follows its name and a colon. */
export const rootCauseWords: Readonly<Record<RootCause, string>> = {
  connection: 'a database could not be reached, or went away',
  authentication: 'a server refused the credentials',
  tls: 'no encrypted connection could be made',
  privileges: 'a role lacks a right, or is not known',
  kms: 'a key of the cloud could not be used',
  quota: 'a limit of the cloud account was met',
  environment: 'something on this machine or in the configuration is missing',
  'sql-error': 'a statement failed',
  'schema-drift': 'production is not what the repo says it is',
  'structural-parity': 'the migrated schema is not the one that the repo describes',
  'multiple-heads': 'the migrations have more than one end',
  'history-edited': 'the repo’s history differs from what production ran',
  'dependency-order': 'the migrations to run are not what they should be',
  fidelity: 'the copy is not a true copy of production',
  'data-volume': 'other rows were changed than the migrations should change',
  'data-loss': 'data that should have been kept is gone',
  invariant: 'a rule about the data no longer holds',
  lock: 'a lock would be held too long',
  compatibility: 'the application no longer works',
  rollback: 'there is no way back',
};

/** The advice that a verdict comes down to. */
export function verdictHeadline(summary: RunSummary): string {
  if (summary.header?.scope === 'way-back') return wayBackHeadlines[verdictWord(summary)];
  if (summary.header?.scope === 'sync') return syncHeadlines[verdictWord(summary)];
  switch (summary.verdict?.kind) {
    case 'PASS':
      return 'Safe to deploy';
    case 'BLOCKER':
      return 'Do not deploy';
    case 'INCONCLUSIVE':
      return 'Not proven either way';
    default:
      return 'The run did not end';
  }
}

/** Of a rehearsal of the way back alone: nothing here may be read as a word on the deploy. */
const wayBackHeadlines = {
  PASS: 'There is a way back; the deploy was not judged',
  BLOCKER: 'The way back does not lead back; the deploy was not judged',
  INCONCLUSIVE: 'Whether there is a way back is not proven',
  UNFINISHED: 'The run did not end',
} as const;

/** Of a sync of staging: it says nothing of a deploy. */
const syncHeadlines = {
  PASS: 'Staging holds what was asked for',
  BLOCKER: 'Staging doesn’t hold what was asked for',
  INCONCLUSIVE: 'Whether staging holds what was asked for is not proven',
  UNFINISHED: 'The sync did not end',
} as const;

/** The verdict in one word, also of a run that has none. */
export function verdictWord(summary: RunSummary): 'PASS' | 'BLOCKER' | 'INCONCLUSIVE' | 'UNFINISHED' {
  return summary.verdict?.kind ?? 'UNFINISHED';
}

/** Why, in a sentence or two. */
export function verdictReason(summary: RunSummary): string {
  if (summary.verdict?.kind === 'INCONCLUSIVE') {
    const [reason] = summary.verdict.reasons;
    return reason === undefined ? summary.verdict.summary : `${reason}${maskedSentence(summary.copy?.masking, summary.gates)}`;
  }
  if (summary.verdict !== undefined) return summary.verdict.summary;
  const last = summary.phases.findLast((phase) => phase.outcome !== 'not-run');
  if (last === undefined) return 'The record holds no phase at all: the run was killed as it started, or is only just starting.';
  const where = last.outcome === 'unfinished' ? `during ${phaseWords[last.phase]}` : `after ${phaseWords[last.phase]}`;
  return `The record ends ${where}, without a verdict: the run was killed, or is still going on. Nothing is proven.`;
}

export const phaseWords: Readonly<Record<PhaseSummary['phase'], string>> = {
  preconditions: 'preconditions',
  provision: 'provision',
  fidelity: 'fidelity',
  lineage: 'lineage',
  drift: 'drift',
  migrate: 'migrate',
  'schema-gate': 'schema gate',
  'data-gate': 'data gate',
  compatibility: 'compatibility',
  rollback: 'rollback',
  verdict: 'verdict',
};

export const outcomeWords: Readonly<Record<PhaseSummary['outcome'], string>> = {
  passed: 'passed',
  failed: 'failed',
  inconclusive: 'inconclusive',
  'not-run': 'not run',
  'not-applicable': 'not applicable',
  unfinished: 'unfinished',
};

/** One sign per outcome, told apart by shape as well as by colour. */
export const outcomeSigns: Readonly<Record<PhaseSummary['outcome'] | GateOutcome, string>> = {
  passed: '✓',
  failed: '✕',
  inconclusive: '?',
  'not-run': '·',
  'not-applicable': '–',
  unfinished: '…',
};

export const severityWords: Readonly<Record<Severity, string>> = { blocker: 'blocks the deploy', doubt: 'leaves a doubt', warning: 'warning', note: 'note' };

/** Findings that decide the verdict, and those that only inform. */
export function splitFindings(findings: readonly Finding[]): { readonly deciding: readonly Finding[]; readonly informing: readonly Finding[] } {
  const decides = (finding: Finding) => finding.severity === 'blocker' || finding.severity === 'doubt';
  return { deciding: findings.filter(decides), informing: findings.filter((finding) => !decides(finding)) };
}

/** Where in the migrations a finding comes from: `migrations/0012_rename.sql:14`. */
export function placeOf(finding: Finding): string | undefined {
  const { place, migration } = finding;
  return place === undefined ? migration : placeText(place);
}

/** @example placeText({ file: 'migrations/0012_rename.sql', line: 14 }) // 'migrations/0012_rename.sql:14' */
export function placeText(place: Place): string {
  return [place.file, place.line, place.line === undefined ? undefined : place.column].filter((part) => part !== undefined).join(':');
}

/** What was rehearsed on what, in a sentence. */
export function rehearsedWords(summary: RunSummary): string | undefined {
  const { source, lineage, copy: copied } = summary;
  if (summary.header?.scope === 'sync') return syncedWords(summary);
  if (source === undefined) return undefined;
  if (copied === undefined && summary.cloned === undefined)
    return `No migration; the run got no further than looking at ${source.database} (${sourceWords[source.kind]}, PostgreSQL ${source.serverVersion})`;
  const copy = `${copied === undefined ? 'the very copy' : 'a copy'} of ${source.database} (${sourceWords[source.kind]}, PostgreSQL ${source.serverVersion})`;
  if (lineage === undefined) return `No migration; the run got as far as ${copy}`;
  const migrations = showCountOf(lineage.pending.length, 'migration');
  return summary.header?.scope === 'way-back' ? `The way back of ${migrations} rehearsed on ${copy}` : `${migrations} rehearsed on ${copy}`;
}

function syncedWords({ sync }: RunSummary): string | undefined {
  const { plan, tables } = sync ?? {};
  if (plan === undefined) return undefined;
  if (tables === undefined) return `Nothing was changed on ${plan.staging.address}`;
  const synced = tables.tables.filter(({ outcome }) => outcome === 'synced').length;
  return `${synced} of ${showCountOf(tables.tables.length, 'table')} synced from ${plan.production.address} to ${plan.staging.address}`;
}

export const sourceWords: Readonly<Record<SourceFacts['kind'], string>> = {
  url: 'live database',
  dump: 'dump',
  attached: 'attached clone',
  rds: 'RDS snapshot',
  aurora: 'Aurora clone',
  azure: 'Azure restore',
};
