import type { Finding } from '../core/finding.ts';
import { leadsBack, tellDataDifference } from '../core/rollback.ts';
import type { RunSummary } from '../core/run-summary.ts';
import { visibleLines } from '../core/visible-text.ts';
import { backfillSentence, costSentence, retrySentence, showRange, showSeenBytes } from './cost-words.ts';
import { cutOutcomeWords, cutPlaceWords, cutsSentence } from './cut-words.ts';
import { historySentence } from './history-words.ts';
import { code, fenced, folded, prose, table } from './markdown-pieces.ts';
import { showCount, showCountOf, showDuration } from './measures.ts';
import { queriesSentence, showCalls, stateWords } from './query-words.ts';
import { stepWords, wayBackSentence } from './rollback-words.ts';
import { resultCells, resultHeads } from './sync/table-words.ts';
import { outcomeWords, phaseWords, placeOf, rehearsedWords, rootCauseWords, splitFindings, verdictHeadline, verdictReason, verdictWord } from './words.ts';

/** GitHub refuses comments beyond 65,536 characters; GitLab takes more. */
const maxLength = 60_000;
const maxFindings = 20;
const maxBlockLines = 30;
const maxQueries = 30;

/** The run as a comment for a pull request: the verdict at once, the findings with what to do, the rest folded. */
export function renderMarkdown(summary: RunSummary): string {
  const { deciding, informing } = splitFindings(summary.findings);
  const { verdict } = summary;
  const head = [
    `## ${signs[verdictWord(summary)]} ${verdictWord(summary)}: ${verdictHeadline(summary).toLowerCase()}`,
    prose(verdictReason(summary)),
    ...(verdict === undefined || verdict.kind === 'PASS' ? [] : [`**Root cause:** ${verdict.rootCause} (${rootCauseWords[verdict.rootCause]})`]),
    ...summary.failures.map(({ phase, failure }) => `**${phaseWords[phase]}:** ${prose(failure.message)} *${prose(failure.cure)}*`),
  ];
  const tail = [
    ...(informing.length === 0
      ? []
      : [
          folded(
            showCountOf(informing.length, 'more finding'),
            informing
              .map((one) => `- ${prose(one.title)}${one.waived === undefined ? '' : ` *Waived until ${one.waived.expires}: ${prose(one.waived.reason)}*`}`)
              .join('\n'),
          ),
        ]),
    ...(summary.migrations.length === 0 ? [] : [folded(showCountOf(summary.migrations.length, 'migration'), migrationTable(summary))]),
    ...[historySentence(summary.history)].flatMap((sentence) => (sentence === undefined ? [] : [`${prose(sentence)}.`])),
    ...syncParts(summary),
    ...costParts(summary),
    ...cutParts(summary),
    ...queryParts(summary),
    ...wayBackParts(summary),
    folded('Phases and gates', `${phaseTable(summary)}\n\n${gateTable(summary)}`),
    [rehearsedWords(summary), `Took ${showDuration(summary.durationMs)}`, summary.header === undefined ? undefined : `run ${code(summary.header.runId)}`]
      .filter((part) => part !== undefined)
      .map((part, index) => (index === 0 ? prose(part) : part))
      .join('. '),
  ];
  return withinLimit(head, deciding, tail);
}

/** As many findings as there is room for; the others are counted. */
function withinLimit(head: readonly string[], findings: readonly Finding[], tail: readonly string[]): string {
  for (let shown = Math.min(findings.length, maxFindings); shown >= 0; shown--) {
    const left = findings.length - shown;
    const rest = left === 0 ? [] : [`*${showCountOf(left, 'more finding')} in the report.*`];
    const text = `${[...head, ...findings.slice(0, shown).map(findingBlock), ...rest, ...tail].join('\n\n')}\n`;
    if (text.length <= maxLength) return text;
  }
  return `${[...head, `*${showCountOf(findings.length, 'finding')} in the report.*`].join('\n\n').slice(0, maxLength)}\n`;
}

function findingBlock(finding: Finding, index: number): string {
  const place = placeOf(finding);
  return [
    `### ${index + 1}. ${finding.differenceClass === 'security' ? 'Security: ' : ''}${prose(finding.title)}`,
    [code(finding.object.name), ...(place === undefined ? [] : [code(place)])].join(' · '),
    ...(finding.detail === undefined ? [] : [prose(finding.detail)]),
    ...(finding.expected === undefined && finding.actual === undefined ? [] : [comparison(finding)]),
    `**Do this:** ${prose(finding.cure)}`,
    ...(finding.advice === undefined ? [] : [adviceBlock(finding.advice)]),
  ].join('\n\n');
}

/** SQL that would cure it; long ones are in the report only. */
function adviceBlock({ statements, loses }: NonNullable<Finding['advice']>): string {
  const lines = cut(visibleLines(statements.map((sql) => `${sql};`).join('\n')).split('\n'));
  const loss = loses === undefined ? '' : ` It would lose ${prose(loses)}.`;
  return folded('SQL that would cure it: advice, never run', `${loss.trim()}\n\n${fenced(lines.join('\n'), 'sql')}`.trim());
}

/** Expected lines with a minus, actual lines with a plus: hosts colour these. */
function comparison({ expected, actual }: Finding): string {
  const lines = (sign: string, name: string, text: string | undefined) =>
    text === undefined ? [`${sign} (${name}: nothing)`] : [`${sign} ${name}:`, ...cut(visibleLines(text).split('\n')).map((line) => `${sign}   ${line}`)];
  return fenced([...lines('-', 'expected', expected), ...lines('+', 'actual', actual)].join('\n'), 'diff');
}

function cut(lines: readonly string[]): readonly string[] {
  return lines.length <= maxBlockLines ? lines : [...lines.slice(0, maxBlockLines), `… ${showCountOf(lines.length - maxBlockLines, 'more line')}`];
}

function migrationTable({ migrations }: RunSummary): string {
  const rows = migrations.map((one) => [
    code(one.revision),
    one.state.replace('-', ' '),
    String(one.statements.length),
    showDuration(one.outcome?.durationMs ?? 0),
  ]);
  return table(['migration', 'state', 'statements', 'time'], rows);
}

/** What staging now holds: the one table that a sync is about, so that it isn't folded. */
function syncParts({ sync }: RunSummary): readonly string[] {
  if (sync?.tables === undefined) return [];
  const rows = sync.tables.tables.map((one) => resultCells(one).map((cell, at) => (at === 0 ? code(cell) : prose(cell))));
  return [`**What staging holds now:**\n\n${table([...resultHeads], rows)}`];
}

/** What it cost, told in a line; the figures of each migration are folded. */
function costParts({ cost: report, retries, backfills }: RunSummary): readonly string[] {
  const migrations = report?.cost.migrations ?? [];
  const lines = [
    ...(report === undefined || migrations.length === 0 ? [] : [`**Cost:** ${prose(costSentence(report))}.`]),
    ...retries.map((one) => `${prose(retrySentence(one))}.`),
    ...backfills.map((one) => `${prose(backfillSentence(one))}.`),
  ];
  if (report === undefined || migrations.length === 0) return lines;
  const rows = migrations.map((one) => [
    one.migration === undefined ? 'not of a migration' : code(one.migration),
    ...[showDuration(one.workMs), showCount(one.rows), showSeenBytes(one.wal), showSeenBytes(one.size), showSeenBytes(one.temp)],
    one.predictedMs === undefined ? '' : showRange(one.predictedMs),
  ]);
  const figures = table(['migration', 'work', 'rows', 'WAL', 'size', 'temp', 'in production'], rows);
  return [
    ...lines,
    folded('What the migrations cost', `${figures}\n\n${[...report.window.basis, ...report.lag.basis].map((one) => `- ${prose(one)}`).join('\n')}`),
  ];
}

/** Each way back in a line; its steps are folded. */
function wayBackParts({ waysBack }: RunSummary): readonly string[] {
  return waysBack.flatMap((way) => [
    `**Way back:** ${prose(wayBackSentence(way))}.`,
    folded(
      `${showCountOf(way.steps.length, 'step')} of the way back`,
      table(
        ['taken back', 'leads back', 'time', 'schema', 'data'],
        way.steps.map((step) => [
          step.migration === undefined ? 'all together' : code(step.migration),
          leadsBack(step) ? 'yes' : prose(stepWords(step)),
          step.backMs === undefined ? '' : showDuration(step.backMs),
          step.compared === undefined ? 'not compared' : step.differences.length === 0 ? 'equal' : showCountOf(step.differences.length, 'difference'),
          step.compared === undefined ? 'not compared' : step.data.length === 0 ? 'equal' : prose(step.data.map(tellDataDifference).join('; ')),
        ]),
      ),
    ),
  ]);
}

/** A line for each direction; those that don't just work are folded. */
function queryParts({ queries }: RunSummary): readonly string[] {
  return queries.flatMap((report) => {
    const rows = report.queries
      .filter(({ state }) => state !== 'unusable' && state !== 'ignored')
      .slice(0, maxQueries)
      .map(({ state, text, why, callsPerHour, migration }) => [
        stateWords[state],
        code(text),
        prose(why),
        callsPerHour === undefined ? '' : showCalls(callsPerHour),
        migration === undefined ? '' : code(migration),
      ]);
    const line = `**${prose(queriesSentence(report))}.**`;
    return rows.length === 0
      ? [line]
      : [line, folded('Queries of the application', table(['outcome', 'query', 'what became of it', 'calls an hour', 'by'], rows))];
  });
}

/** Cuts in a line; the second runs that didn't go on are folded. */
function cutParts({ cuts }: RunSummary): readonly string[] {
  const sentence = cutsSentence(cuts);
  const others = cuts.filter(({ outcome }) => outcome !== 'continues');
  if (sentence === undefined) return [];
  const rows = others.map((cut) => [
    prose(cutPlaceWords(cut)),
    prose(cut.stayed.join('; ') || 'nothing'),
    prose(
      [
        cutOutcomeWords[cut.outcome],
        ...(cut.error === undefined ? [] : [cut.error.message]),
        ...(cut.why === undefined ? [] : [cut.why]),
        ...cut.differences,
      ].join('; '),
    ),
    prose(cut.advice),
  ]);
  return [
    `${prose(sentence)}.`,
    ...(rows.length === 0 ? [] : [folded('Where a second run does not simply go on', table(['cut off', 'stayed', 'second run', 'do this'], rows))]),
  ];
}

function phaseTable({ phases }: RunSummary): string {
  return table(
    ['phase', 'outcome', 'found'],
    phases.map((one) => [phaseWords[one.phase], outcomeWords[one.outcome], prose(one.summary)]),
  );
}

function gateTable({ gates }: RunSummary): string {
  const rows = gates.map((one) => [
    code(one.gate),
    one.required ? one.outcome : `${one.outcome} (${one.ruled === undefined ? 'advisory' : `${one.ruled.as} by configuration`})`,
    `${prose(one.summary)}${one.weakenedBy === undefined ? '' : ` **Weakened by masking:** ${prose(one.weakenedBy)}.`}`,
    `${one.couldFail ? '' : '**no:** '}${prose(one.proof)}`,
  ]);
  return rows.length === 0 ? '' : table(['gate', 'outcome', 'found', 'could it have failed?'], rows);
}

const signs = { PASS: '✅', BLOCKER: '⛔', INCONCLUSIVE: '❔', UNFINISHED: '⏳' } as const;
