import { countOf } from '../../core/count-of.ts';
import type { Finding } from '../../core/finding.ts';
import type { GateResult } from '../../core/gate.ts';
import { countMasked } from '../../core/masking.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { backfillSentence, costSentence, retrySentence } from '../cost-words.ts';
import { showCountOf, showInstant } from '../measures.ts';
import { wayBackSentence } from '../rollback-words.ts';
import { placeOf, rootCauseWords, splitFindings, verdictHeadline, verdictReason, verdictWord } from '../words.ts';
import { lostForGood, strongestLocks } from './risks.ts';

/** A failing thing with all that somebody needs in order to see it: the object, the place, the statement, the file that holds the proof. */
export interface MemoEvidence {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
}

/** What stands on the one page that is signed. Every text is a plain sentence; both forms of the memo are made from it. */
export interface Memo {
  readonly title: string;
  readonly word: ReturnType<typeof verdictWord>;
  readonly headline: string;
  readonly reason: string;
  readonly facts: readonly (readonly [string, string])[];
  /** `schema-drift: production is not what the repo says it is`; absent for a PASS. */
  readonly rootCause?: string;
  readonly failing: readonly MemoEvidence[];
  /** How many more there are in the report. */
  readonly moreFailing: number;
  readonly risks: readonly string[];
  readonly notCovered: readonly string[];
  readonly owed: readonly string[];
  readonly seal: readonly (readonly [string, string])[];
}

/** More than this nobody reads in a minute. */
const mostShown = 3;
const mostListed = 8;

/** The file whose hash an approver signs. */
const deployTranscript = 'deploy-transcript.txt';

/** What somebody has to know who signs a deploy off, and what they still owe. A pure function. */
export function makeMemo(summary: RunSummary): Memo {
  const { header, verdict, source } = summary;
  const failing = failingEvidence(summary);
  const also = verdict?.kind === 'BLOCKER' && verdict.otherCauses.length > 0 ? `; also ${verdict.otherCauses.join(', ')}` : '';
  return {
    title: header?.title ?? 'A run without a beginning',
    word: verdictWord(summary),
    headline: verdictHeadline(summary),
    reason: verdictReason(summary),
    facts: present([
      ['Run', header?.runId],
      ['Commit', header?.git === undefined ? undefined : `${header.git.commit}${header.git.dirty ? ', with uncommitted changes' : ''}`],
      [
        'Production',
        source === undefined
          ? header?.source
          : `${source.label}, PostgreSQL ${source.serverVersion}, as of ${showInstant(summary.cloned?.dataAsOf ?? source.dataAsOf)}`,
      ],
      ['Migrations', summary.lineage === undefined ? undefined : pendingText(summary.lineage.pending)],
      ['Rehearsed', summary.startedAt === undefined ? undefined : `${showInstant(summary.startedAt)}, by ${header?.user} on ${header?.host}`],
    ]),
    ...(verdict === undefined || verdict.kind === 'PASS' ? {} : { rootCause: `${verdict.rootCause}: ${rootCauseWords[verdict.rootCause]}${also}` }),
    failing: failing.slice(0, mostShown),
    moreFailing: Math.max(0, failing.length - mostShown),
    risks: risksOf(summary),
    notCovered: notCoveredBy(summary),
    owed: owedAfter(summary),
    seal: sealOf(summary),
  };
}

function pendingText(pending: readonly string[]): string {
  if (pending.length === 0) return 'not known to us';
  const shown = pending.slice(0, mostListed).join(', ');
  return `${pending.length} pending: ${shown}${pending.length > mostListed ? `, and ${pending.length - mostListed} more` : ''}`;
}

function failingEvidence(summary: RunSummary): readonly MemoEvidence[] {
  const { deciding } = splitFindings(summary.findings);
  return [
    ...summary.failures.map(({ phase, failure }) => ({
      title: failure.message,
      facts: present([
        ['Phase', phase],
        ['Code', failure.code],
        ['SQLSTATE', failure.sql?.sqlstate],
        ['Statement', failure.sql?.statement],
        ['Place', failure.place === undefined ? undefined : [failure.place.file, failure.place.line].filter((part) => part !== undefined).join(':')],
        ['To do', failure.cure],
      ]),
    })),
    ...deciding.map(ofFinding),
  ];
}

function ofFinding(finding: Finding): MemoEvidence {
  const { title, object, expected, actual, sql, artifacts, cure, id } = finding;
  return {
    title,
    facts: present([
      ['Finding', id],
      ['Object', `${object.kind} ${object.name}`],
      ['Place', placeOf(finding)],
      ['SQLSTATE', sql?.sqlstate],
      ['Statement', sql?.statement],
      ['Expected', expected],
      ['Found', actual],
      ['Proof', artifacts?.join(', ')],
      ['To do', cure],
    ]),
  };
}

function risksOf(summary: RunSummary): readonly string[] {
  const { cost, retries, backfills, waysBack } = summary;
  const sentences = [
    ...strongestLocks(summary),
    ...(cost === undefined || cost.cost.migrations.length === 0
      ? ['How long it takes in production is not known: nothing was recorded']
      : [`Duration: ${costSentence(cost)}`]),
    ...retries.map(retrySentence),
    ...backfills.map(backfillSentence),
    ...lostForGood(summary),
    ...(waysBack.length === 0 ? ['No way back was rehearsed'] : waysBack.map(wayBackSentence)),
    ...splitFindings(summary.findings)
      .informing.filter(({ severity, check }) => severity === 'warning' && check !== 'long-lock')
      .slice(0, mostListed)
      .map(({ title }) => title),
  ];
  return sentences.map(asSentence);
}

/** What a reader might take for shown and isn't. */
function notCoveredBy(summary: RunSummary): readonly string[] {
  const { gates, copy, comparisons, source, phases, header } = summary;
  const of = (outcome: GateResult['outcome']) => gates.filter((gate) => gate.outcome === outcome);
  const names = (some: readonly GateResult[]) => [...new Set(some.map(({ gate }) => gate))].join(', ');
  const advisory = gates.filter(({ required, outcome }) => !required && outcome !== 'not-applicable');
  const ruled = gates.filter((gate) => gate.ruled !== undefined && !gate.required);
  const sampled = gates.filter(({ sampledPercent }) => sampledPercent !== undefined);
  const weakened = gates.filter(({ weakenedBy }) => weakenedBy !== undefined);
  const excluded = new Set(comparisons.flatMap(({ scope }) => scope.excluded));
  const incomplete = new Set(comparisons.flatMap(({ scope }) => scope.incomplete ?? []));
  const notRun = phases.filter(({ outcome }) => outcome === 'not-run').map(({ phase }) => phase);
  const waived = summary.findings.filter((finding) => finding.waived !== undefined);
  return [
    ...(header?.scope === undefined ? [] : ['The deploy itself was not judged: only the way back was']),
    ...(notRun.length === 0 ? [] : [`Phases that did not run: ${notRun.join(', ')}`]),
    ...(of('inconclusive').length === 0 ? [] : [`Inconclusive: ${names(of('inconclusive'))}`]),
    ...(of('not-applicable').length === 0 ? [] : [`Not asked for, or nothing to ask: ${names(of('not-applicable'))}`]),
    ...(advisory.length === 0 ? [] : [`Told and not decisive (advisory): ${names(advisory)}`]),
    ...ruled.map(({ gate, ruled: rule }) => `The configuration makes ${gate} ${rule?.as}${rule?.reason === undefined ? '' : `: ${rule.reason}`}`),
    ...sampled.map(({ gate, sampledPercent }) => `${gate} looked at ${sampledPercent} % of the rows only`),
    ...(copy?.masking === undefined || copy.masking.columns.length === 0
      ? []
      : [`Masked: ${countMasked(copy.masking)}${weakened.length === 0 ? '' : `; weakened by that: ${names(weakened)}`}`]),
    ...(waived.length === 0 ? [] : [`${showCountOf(waived.length, 'difference')} waived by the team`]),
    ...(excluded.size === 0 ? [] : [`Left out of the comparison of schemas: ${[...excluded].slice(0, mostListed).join(', ')}`]),
    ...[...incomplete].slice(0, mostListed),
    ...(source?.unknown ?? []).map((what) => `Not known of the source: ${what}`),
    'What production became after its copy was made, and what its own load does to the deploy',
  ].map(asSentence);
}

/** A PASS is about a clone: what production needs besides. */
function owedAfter(summary: RunSummary): readonly string[] {
  const { gates, artifacts, header } = summary;
  const stamp = summary.history?.stamp;
  const transcript = artifacts.find(({ path }) => path === deployTranscript);
  const backup = gates.find(({ gate }) => gate === 'backup');
  const run = header?.runId ?? 'RUN';
  const first =
    summary.verdict?.kind === 'PASS' && header?.scope === undefined
      ? []
      : ['A rehearsal that ends with PASS: this one did not, and nothing may be deployed on the strength of it'];
  return [
    ...first,
    'Approval by whoever answers for production: no verdict of a rehearsal authorises a deploy',
    `A point-in-time-recovery window that covers the deploy${backup?.outcome === 'passed' ? `; seen when this was rehearsed: ${backup.summary}` : ': nothing here shows that there is one'}`,
    'A window in which deploying is allowed, outside of every freeze',
    ...(stamp === undefined ? [] : [`A stamp of production itself with ${stamp.revision}, as the transcript has it: only the clone was stamped`]),
    transcript === undefined
      ? 'Review of what is going to be run on production: this run has no transcript of it, since what is pending was never known'
      : `Review of ${deployTranscript}, which is what is run on production and nothing else. Its SHA-256 is ${transcript.sha256}`,
    `A look, just before, whether all of this still holds: pgrehearse preflight --run ${run}${transcript === undefined ? '' : ` --transcript ${transcript.sha256}`}`,
  ].map(asSentence);
}

function sealOf({ journal, rootSha256, header, artifacts }: RunSummary): Memo['seal'] {
  return present([
    ['Root hash', rootSha256 ?? 'printed when the run ended, and by the command below; a page that is sealed by it can’t hold it'],
    ['Journal', `${countOf(journal.entries, 'entry', 'entries')}, the last ${journal.lastEntrySha256 ?? 'unknown'}`],
    ['Transcript of the run', artifacts.find(({ path }) => path === 'transcript.txt')?.sha256],
    ['Verify it', header === undefined ? undefined : `pgrehearse evidence verify ${header.runId} --root ${rootSha256 ?? 'HASH'}`],
  ]);
}

function present(rows: readonly (readonly [string, string | undefined])[]): readonly (readonly [string, string])[] {
  return rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const]));
}

function asSentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$|[0-9a-f]{64}$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
