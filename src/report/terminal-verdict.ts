import type { Failure } from '../core/failure.ts';
import type { Finding } from '../core/finding.ts';
import { unreachable } from '../core/result.ts';
import type { RunSummary } from '../core/run-summary.ts';
import { visible, visibleLines } from '../core/visible-text.ts';
import { backfillSentence, costSentence, retrySentence } from './cost-words.ts';
import { cutsSentence } from './cut-words.ts';
import { wrapText } from './display-width.ts';
import { historySentence } from './history-words.ts';
import { diffLines } from './line-diff.ts';
import { showCount, showCountOf, showDuration } from './measures.ts';
import { wayBackSentence } from './rollback-words.ts';
import { resultLines } from './sync/render-plan.ts';
import type { Paint } from './terminal-style.ts';
import { placeOf, rehearsedWords, rootCauseWords, splitFindings, verdictHeadline, verdictReason, verdictWord } from './words.ts';

/** Beyond this, a terminal only scrolls; the report has them all. */
const maxFindings = 12;
const maxDiffLines = 14;
const maxStatementLength = 300;

/** A file that was written for people: `HTML report`, its path. */
export interface WrittenReport {
  readonly title: string;
  readonly path: string;
}

/** The end of a run as lines for a terminal, to be read in a minute: verdict, why, root cause, findings, where the reports are. */
export function verdictLines(summary: RunSummary, reports: readonly WrittenReport[], columns: number, paint: Paint): readonly string[] {
  const width = Math.max(40, Math.min(columns, 110));
  const { deciding, informing } = splitFindings(summary.findings);
  return [
    '',
    `${badge(summary, paint)}  ${paint('strong', verdictHeadline(summary))}`,
    ...wrapText(visible(verdictReason(summary)), width),
    ...cause(summary, width, paint),
    ...commonCure(summary, width, paint),
    ...failureLines(summary, width, paint),
    ...deciding.slice(0, maxFindings).flatMap((finding, index) => findingLines(finding, index + 1, width, paint, commonCureOf(summary))),
    ...(deciding.length > maxFindings ? ['', `${showCountOf(deciding.length - maxFindings, 'more finding')} in the report.`] : []),
    ...(informing.length === 0
      ? []
      : ['', paint('quiet', 'For information'), ...informing.slice(0, maxFindings).map((finding) => `  ${visible(finding.title)}${waivedWords(finding)}`)]),
    ...(informing.length > maxFindings ? [`  and ${showCount(informing.length - maxFindings)} more`] : []),
    '',
    ...syncLines(summary, Math.max(40, columns), paint),
    ...costs(summary, width),
    ...figures(summary, width, paint),
    ...reports.map(({ title, path }) => `${title}: ${visible(path)}`),
    ...(summary.rootSha256 === undefined ? [] : [`Root hash: ${summary.rootSha256}`]),
  ];
}

function waivedWords({ waived }: Finding): string {
  return waived === undefined ? '' : visible(` (waived until ${waived.expires}: ${waived.reason})`);
}

function badge(summary: RunSummary, paint: Paint): string {
  const word = verdictWord(summary);
  switch (word) {
    case 'PASS':
      return paint('goodBadge', ` ${word} `);
    case 'BLOCKER':
      return paint('badBadge', ` ${word} `);
    case 'INCONCLUSIVE':
    case 'UNFINISHED':
      return paint('doubtBadge', ` ${word} `);
    default:
      return unreachable(word);
  }
}

function cause({ verdict }: RunSummary, width: number, paint: Paint): readonly string[] {
  if (verdict === undefined || verdict.kind === 'PASS') return [];
  const others = verdict.kind === 'BLOCKER' && verdict.otherCauses.length > 0 ? ` Also ${verdict.otherCauses.join(', ')}.` : '';
  const [first = '', ...rest] = wrapText(`Root cause: ${verdict.rootCause} (${rootCauseWords[verdict.rootCause]}).${others}`, width);
  const more = verdict.kind === 'INCONCLUSIVE' ? verdict.reasons.slice(1).flatMap((reason) => indented(visible(reason), '  - ', width)) : [];
  return [first.replace(verdict.rootCause, () => paint('strong', verdict.rootCause)), ...rest, ...more];
}

/** The verdict has told the failure's message already when it was the reason; its cure it hasn't. */
function failureLines(summary: RunSummary, width: number, paint: Paint): readonly string[] {
  const told = visible(verdictReason(summary));
  return summary.failures.flatMap(({ failure }) => [
    ...(told.includes(visible(failure.message)) ? [] : ['', ...wrapText(visible(failure.message), width)]),
    ...(failure.sql?.statement === undefined ? [] : indented(`Statement: ${oneLine(failure.sql.statement)}`, '  ', width)),
    ...(failure.sql?.detail === undefined ? [] : indented(`Detail: ${visible(failure.sql.detail)}`, '  ', width)),
    ...(failure.sql?.hint === undefined ? [] : indented(`Hint: ${visible(failure.sql.hint)}`, '  ', width)),
    ...(failure.problems ?? []).flatMap((problem) => [...indented(visible(problem.message), '  - ', width), ...cureLines(problem, '    → ', width, paint)]),
    // Of several problems the failure's own cure is only the first one's.
    ...(failure.problems === undefined ? cureLines(failure, '  → ', width, paint) : []),
  ]);
}

/** The beginning of a statement, enough to know it by; the report has all of it. */
function oneLine(statement: string): string {
  const text = visible(statement.trim().replace(/\s+/g, ' '));
  return text.length > maxStatementLength ? `${text.slice(0, maxStatementLength)} …` : text;
}

/** What several findings may have in common is no failure of the run: its cure stands here, once. */
function commonCureOf({ verdict, failures, findings }: RunSummary): string | undefined {
  const common = verdict?.kind === 'INCONCLUSIVE' ? verdict.failure : undefined;
  const isOfRun = failures.some(({ failure }) => failure.message === common?.message);
  return common !== undefined && !isOfRun && findings.some(({ because }) => because?.message === common.message) ? common.cure : undefined;
}

function commonCure(summary: RunSummary, width: number, paint: Paint): readonly string[] {
  const cure = commonCureOf(summary);
  return cure === undefined ? [] : indented(visible(cure), '  → ', width).map((line) => paint('strong', line));
}

function cureLines({ cure }: Failure, mark: string, width: number, paint: Paint): readonly string[] {
  return indented(visible(cure), mark, width).map((line) => paint('strong', line));
}

function findingLines(finding: Finding, number: number, width: number, paint: Paint, told: string | undefined): readonly string[] {
  const place = placeOf(finding);
  const margin = '   ';
  const tags = [
    ...(finding.differenceClass === 'security' ? [paint('bad', 'security')] : []),
    ...(finding.severity === 'doubt' ? [paint('doubt', 'doubt')] : []),
    ...(finding.oldDrift ? [paint('doubt', 'was there before this release')] : []),
  ];
  const [first = '', ...rest] = wrapText(visible(finding.title), width - 4);
  return [
    '',
    `${String(number).padStart(2)} ${paint('strong', first)}`,
    ...rest.map((line) => `${margin}${paint('strong', line)}`),
    `${margin}${[...tags, paint('quiet', visible(`${finding.object.kind} ${finding.object.name}`)), ...(place === undefined ? [] : [paint('quiet', visible(place))])].join(paint('quiet', ' · '))}`,
    ...comparison(finding, width - 3, paint).map((line) => `${margin}${line}`),
    ...(finding.cure === told ? [] : indented(visible(finding.cure), `${margin}→ `, width)),
  ];
}

/** Expected against actual; of long texts only the lines that differ. */
function comparison({ expected, actual }: Finding, width: number, paint: Paint): readonly string[] {
  if (expected === undefined && actual === undefined) return [];
  const lines = [
    ...(expected === undefined ? [['expected', 'nothing'] as const] : []),
    ...(expected === undefined || actual === undefined
      ? visibleLines(expected ?? actual ?? '')
          .split('\n')
          .map((text) => [expected === undefined ? 'actual' : 'expected', text] as const)
      : diffLines(visibleLines(expected), visibleLines(actual))
          .filter((line) => line.side !== 'both')
          .map((line) => [line.side === 'expected' ? 'expected' : 'actual', line.text] as const)),
    ...(actual === undefined ? [['actual', 'nothing'] as const] : []),
  ];
  const shown = lines.slice(0, maxDiffLines).flatMap(([side, text], index) => {
    const label = lines[index - 1]?.[0] === side ? ''.padEnd(10) : side.padEnd(10);
    return wrapText(text, width - 10).map((line, at) => paint(side === 'expected' ? 'good' : 'bad', `${at === 0 ? label : ''.padEnd(10)}${line}`));
  });
  return lines.length > maxDiffLines ? [...shown, paint('quiet', `${''.padEnd(10)}… ${showCountOf(lines.length - maxDiffLines, 'more line')}`)] : shown;
}

/** What staging now holds, where a sync has ended. */
function syncLines({ sync }: RunSummary, width: number, paint: Paint): readonly string[] {
  const { tables } = sync?.tables ?? {};
  if (tables === undefined) return [];
  return [paint('strong', 'What staging holds now'), ...resultLines(tables, width), ''];
}

/** What it cost, and what was rehearsed besides: a line each. */
function costs({ cost, retries, backfills, waysBack, cuts, history }: RunSummary, width: number): readonly string[] {
  const sentences = [
    ...[historySentence(history)].filter((sentence) => sentence !== undefined),
    ...(cost === undefined || cost.cost.migrations.length === 0 ? [] : [`Cost: ${costSentence(cost)}`]),
    ...retries.map(retrySentence),
    ...backfills.map(backfillSentence),
    ...waysBack.map(wayBackSentence),
    ...[cutsSentence(cuts)].filter((sentence) => sentence !== undefined),
  ];
  return sentences.flatMap((sentence) => wrapText(visible(`${sentence}.`), width));
}

function figures(summary: RunSummary, width: number, paint: Paint): readonly string[] {
  const counts = (['passed', 'failed', 'inconclusive', 'not-applicable'] as const)
    .map((outcome) => [outcome, summary.gates.filter((gate) => gate.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome.replace('-', ' ')}`);
  const words = [
    rehearsedWords(summary),
    ...(counts.length === 0 ? [] : [`Gates: ${counts.join(', ')}`]),
    `Took ${showDuration(summary.durationMs)}`,
    ...(summary.leftovers.length === 0 ? [] : [`Not removed: ${summary.leftovers.map(({ resource }) => resource.label).join(', ')}; run pgrehearse gc`]),
  ].filter((word) => word !== undefined);
  return wrapText(visible(`${words.join('. ')}.`), width).map((line) => paint('quiet', line));
}

/** Wrapped text behind a mark; further lines stand below its beginning. */
function indented(text: string, mark: string, width: number): readonly string[] {
  return wrapText(text, width - mark.length).map((line, index) => `${index === 0 ? mark : ' '.repeat(mark.length)}${line}`);
}
