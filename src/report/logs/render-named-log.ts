import type { JournalEntry } from '../../core/evidence.ts';
import type { GateOutcome, GateResult } from '../../core/gate.ts';
import type { LogContent } from '../../core/named-log.ts';
import { type RunSummary, summarise } from '../../core/run-summary.ts';
import { visible } from '../../core/visible-text.ts';
import { anchorParityLog } from './anchor-parity-log.ts';
import { attestationLog } from './attestation-log.ts';
import { currentAfterStampLog, currentAfterUpgradeLog } from './current-logs.ts';
import type { LogBody, LogInput } from './log-input.ts';
import { requiredObjectsLog } from './required-objects-log.ts';
import { rowParityLog } from './row-parity-log.ts';
import { smokeLog } from './smoke-log.ts';
import { stampLog } from './stamp-log.ts';
import { upgradeLog } from './upgrade-log.ts';

/** What each log is about, and what makes it. */
const logs: Readonly<Record<LogContent, { readonly title: string; readonly question: string; readonly body: (input: LogInput) => LogBody }>> = {
  attestation: {
    title: 'Provisioning of the clone',
    question: 'Where does the clone come from, and what was made sure of before anything ran?',
    body: attestationLog,
  },
  'row-parity': { title: 'Row counts of source and clone', question: 'Has the clone as many rows as production, table by table?', body: rowParityLog },
  'anchor-parity': { title: 'Structure at the anchor', question: 'Is production structurally at the revision that it is stamped with?', body: anchorParityLog },
  stamp: { title: 'Stamp', question: 'Was the list of applied migrations written, and nothing else?', body: stampLog },
  'current-after-stamp': { title: 'Current revision after the stamp', question: 'What does the ledger say after the stamp?', body: currentAfterStampLog },
  upgrade: { title: 'Upgrade', question: 'Did every pending migration apply?', body: upgradeLog },
  'current-after-upgrade': {
    title: 'Current revision after the upgrade',
    question: 'Does the ledger name what it should, and is there one head?',
    body: currentAfterUpgradeLog,
  },
  'required-objects': { title: 'Required objects', question: 'Is every object there that the release needs, and valid?', body: requiredObjectsLog },
  smoke: { title: 'Smoke validation', question: 'Does the application work on the migrated clone?', body: smokeLog },
};

/**
 * A log that the team's process asks for, as text that a DBA reads from top to bottom: the result in its first line, then what was asked, on which database, when,
 * and what was found. What wasn't done says so in the first line; no log is ever empty, and none looks like a success that it isn't.
 */
export function renderNamedLog(holds: LogContent, entries: readonly JournalEntry[]): { readonly title: string; readonly text: string } {
  const { title, question, body } = logs[holds];
  const summary = summarise(entries);
  const { notDone, gates, missing = [], lines } = body({ summary, entries });
  const lacks = notDone !== undefined || missing.length === 0 ? '' : `, NOT SHOWN: ${missing.join(', ')}`;
  const text = [
    `${resultOf(notDone, gates)}${lacks}: ${title}${notDone === undefined ? '' : ` - ${oneLine(notDone)}`}`,
    '',
    `Question   ${question}`,
    ...about(summary),
    ...gates.flatMap(gateLines),
    '',
    ...(notDone === undefined ? [] : ['Nothing of this was done, and nothing of it is shown.']),
    ...lines.map(oneLine),
  ];
  return { title, text: `${text.join('\n').trimEnd()}\n` };
}

const order: readonly GateOutcome[] = ['failed', 'inconclusive', 'not-applicable', 'passed'];
const words: Readonly<Record<GateOutcome, string>> = { failed: 'FAILED', inconclusive: 'INCONCLUSIVE', 'not-applicable': 'NOT APPLICABLE', passed: 'PASSED' };

/** The worst of the gates. Where nothing judged, what is told is a record and no success. */
function resultOf(notDone: string | undefined, gates: readonly GateResult[]): string {
  const worst = order.find((outcome) => gates.some((gate) => gate.outcome === outcome));
  // One that doesn't apply takes nothing from those that passed.
  const decisive = worst === 'not-applicable' && gates.some(({ outcome }) => outcome === 'passed') ? 'passed' : worst;
  if (notDone !== undefined) return decisive === 'failed' || decisive === 'inconclusive' ? words[decisive] : 'NOT RUN';
  return decisive === undefined ? 'RECORDED, NOT JUDGED' : words[decisive];
}

function about(summary: RunSummary): readonly string[] {
  const { header, source, cloned, startedAt, endedAt } = summary;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Run', header === undefined ? undefined : `${header.runId} of ${header.title}, by ${header.user} on ${header.host}`],
    ['Commit', header?.git === undefined ? undefined : `${header.git.commit}${header.git.dirty ? ', with uncommitted changes' : ''}`],
    ['Source', source === undefined ? header?.source : `${source.label}, database ${source.database}, PostgreSQL ${source.serverVersion}`],
    ['Clone', cloned === undefined ? undefined : `database ${cloned.database}, ${cloned.server}, made of image ${cloned.imageId}`],
    ['Data as of', cloned?.dataAsOf ?? source?.dataAsOf],
    ['Time', startedAt === undefined ? undefined : `${startedAt} to ${endedAt ?? 'the end of the record'}`],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)} ${oneLine(value)}`]));
}

function gateLines({ gate, outcome, required, summary, proof }: GateResult): readonly string[] {
  return [`Gate       ${oneLine(gate)}: ${outcome}${required ? '' : ', advisory'}. ${oneLine(summary)}`, `           Able to fail by: ${oneLine(proof)}`];
}

function oneLine(text: string): string {
  return visible(text);
}
