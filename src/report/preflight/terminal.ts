import type { PreflightCheck, PreflightDecision, PreflightReport } from '../../core/preflight.ts';
import { visible } from '../../core/visible-text.ts';
import { wrapText } from '../display-width.ts';
import { showDuration } from '../measures.ts';
import { makePaint, type Paint, type Tone } from '../terminal-style.ts';
import { byWeight, countsSentence, decisionHeadlines, isTroubled, preflightSigns, rehearsalSentence, stillOwed } from './preflight-words.ts';

/** So many things of one check are told on the screen; all are in the report. */
const maxReasons = 6;

const badges: Readonly<Record<PreflightDecision, Tone>> = { GO: 'goodBadge', 'NO-GO': 'badBadge', UNKNOWN: 'doubtBadge' };

/** A preflight on one screen: the decision and why in the first line, what is in the way with what to do, and the rest by name. */
export function renderPreflightTerminal(report: PreflightReport, { columns, color }: { readonly columns: number; readonly color: boolean }): string {
  const paint = makePaint(color);
  const width = Math.max(40, Math.min(columns, 110));
  const [why = '', ...more] = wrapText(visible(`${decisionHeadlines[report.decision]}: ${report.summary}`), width - report.decision.length - 4);
  const head = [
    `${paint(badges[report.decision], ` ${report.decision} `)}  ${paint('strong', why)}`,
    ...more.map((line) => `${' '.repeat(report.decision.length + 4)}${line}`),
  ];
  const sorted = byWeight(report.checks);
  const troubled = sorted.filter(isTroubled).flatMap((check) => ['', ...block(check, width, paint)]);
  const named = (outcome: PreflightCheck['outcome']) => sorted.filter((check) => check.outcome === outcome).map(({ check }) => check);
  const fine = named('go');
  const rest = [
    ...(fine.length === 0 ? [] : wrapText(`${preflightSigns.go} ${fine.join(', ')}`, width).map((line) => paint('good', line))),
    ...named('not-applicable').map((check) => paint('quiet', `${preflightSigns['not-applicable']} ${check}: not applicable`)),
  ];
  const foot = [
    `${rehearsalSentence(report)}. Production ${report.production}. ${countsSentence(report)}; took ${showDuration(report.durationMs)}.`,
    ...(report.decision === 'GO' ? [stillOwed] : []),
  ];
  return [...head, ...troubled, '', ...rest, '', ...foot.flatMap((line) => wrapText(visible(line), width)).map((line) => paint('quiet', line))].join('\n');
}

function block({ check, outcome, required, summary, reasons, cure }: PreflightCheck, width: number, paint: Paint): readonly string[] {
  const tone: Tone = outcome === 'no-go' ? 'bad' : 'doubt';
  const title = `${preflightSigns[outcome]} ${check}${required ? '' : ' (advisory)'}`;
  const others = reasons.filter((reason) => reason !== summary);
  const shown = others.slice(0, maxReasons);
  const indented = (text: string, mark: string) =>
    wrapText(visible(text), width - mark.length).map((line, at) => `${at === 0 ? mark : ' '.repeat(mark.length)}${line}`);
  return [
    paint(tone, title),
    ...indented(summary, '  '),
    ...shown.flatMap((reason) => indented(reason, '  · ')),
    ...(others.length > shown.length ? [`  … and ${others.length - shown.length} more in the report`] : []),
    ...(cure === undefined ? [] : indented(cure, '  → ')),
  ];
}
