import type { Finding } from '../core/finding.ts';
import type { RunSummary } from '../core/run-summary.ts';
import { cutToWidth } from './display-width.ts';
import { showCountOf, showDuration } from './measures.ts';
import { visible, visibleLines } from './visible-text.ts';
import { outcomeWords, phaseWords, placeOf, rehearsedWords, rootCauseWords, splitFindings, verdictHeadline, verdictReason, verdictWord } from './words.ts';

/** GitHub refuses comments beyond 65,536 characters; GitLab takes more. */
const maxLength = 60_000;
const maxFindings = 20;
const maxBlockLines = 30;

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
    ...(informing.length === 0 ? [] : [folded(showCountOf(informing.length, 'more finding'), informing.map((one) => `- ${prose(one.title)}`).join('\n'))]),
    ...(summary.migrations.length === 0 ? [] : [folded(showCountOf(summary.migrations.length, 'migration'), migrationTable(summary))]),
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
  ].join('\n\n');
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

function phaseTable({ phases }: RunSummary): string {
  return table(
    ['phase', 'outcome', 'found'],
    phases.map((one) => [phaseWords[one.phase], outcomeWords[one.outcome], prose(one.summary)]),
  );
}

function gateTable({ gates }: RunSummary): string {
  const rows = gates.map((one) => [
    code(one.gate),
    one.required ? one.outcome : `${one.outcome} (advisory)`,
    `${prose(one.summary)}${one.weakenedBy === undefined ? '' : ` **Weakened by masking:** ${prose(one.weakenedBy)}.`}`,
    `${one.couldFail ? '' : '**no:** '}${prose(one.proof)}`,
  ]);
  return rows.length === 0 ? '' : table(['gate', 'outcome', 'found', 'could it have failed?'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').slice(0, 600)).join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.slice(0, 100).map(line),
    ...(rows.length > 100 ? [`\n${rows.length - 100} more in the report.`] : []),
  ].join('\n');
}

function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** A fence longer than any run of backticks inside, so that no text can end it. */
function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, ...(text.match(/`+/g) ?? []).map((run) => run.length + 1)));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A name as it is, in code style: nothing in it is interpreted. */
function code(text: string): string {
  const line = cutToWidth(visible(text), 200);
  const fence = '`'.repeat(Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  return fence.length > 1 || line.startsWith('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** Text in which nothing is interpreted: no HTML, no links or pictures, and nobody is mentioned. */
function prose(text: string): string {
  const line = visible(text.replace(/\s*\n\s*/g, ' ').trim());
  return cutToWidth(line, 1200)
    .replace(/[\\`*_[\]#~!]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;');
}

const signs = { PASS: '✅', BLOCKER: '⛔', INCONCLUSIVE: '❔', UNFINISHED: '⏳' } as const;
