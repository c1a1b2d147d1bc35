import type { Finding } from '../../core/finding.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showCount, showCountOf } from '../measures.ts';
import { phaseWords, placeOf, severityWords, splitFindings } from '../words.ts';
import { diffBlock } from './diff-block.ts';
import { html, type Markup } from './markup.ts';
import { codeBlock, facts, folded, section } from './pieces.ts';

/** Beyond this many, findings are told in a line each: a page of a thousand cards helps nobody. */
const maxCards = 100;

/** What was found, the gravest first; what only informs comes after, in brief. */
export function findingsSection({ findings }: RunSummary): Markup | undefined {
  if (findings.length === 0) return undefined;
  const { deciding, informing } = splitFindings(findings);
  const cards = deciding.slice(0, maxCards);
  const rest = [...deciding.slice(maxCards), ...informing];
  return section('findings', 'Findings', remark(findings), [
    ...cards.map((finding, index) => card(finding, index + 1)),
    ...(rest.length === 0 ? [] : [html`<ul class="lesser">${rest.map(lesser)}</ul>`]),
  ]);
}

function remark(findings: readonly Finding[]): string {
  const blockers = findings.filter((finding) => finding.severity === 'blocker').length;
  const doubts = findings.filter((finding) => finding.severity === 'doubt').length;
  const parts = [
    ...(blockers === 0 ? [] : [`${showCount(blockers)} ${blockers === 1 ? 'blocks' : 'block'} the deploy`]),
    ...(doubts === 0 ? [] : [`${showCount(doubts)} ${doubts === 1 ? 'leaves' : 'leave'} a doubt`]),
  ];
  return parts.length === 0 ? 'for information' : parts.join(', ');
}

function card(finding: Finding, number: number): Markup {
  const heading = `finding-${number}`;
  return html`<article class="finding" id="${heading}" aria-labelledby="${heading}-title">
${over(finding, String(number))}
<h3 id="${heading}-title">${finding.title}</h3>
${finding.detail === undefined ? undefined : html`<p>${finding.detail}</p>`}
${diffBlock(finding.expected, finding.actual)}
${particulars(finding)}
</article>
`;
}

function lesser(finding: Finding): Markup {
  return html`<li>${over(finding)}<b>${finding.title}</b>
${finding.detail === undefined && finding.expected === undefined && finding.actual === undefined && finding.showSql === undefined ? html`<p class="soft">${finding.cure}</p>` : html`<details><summary>More</summary><div>${finding.detail}${diffBlock(finding.expected, finding.actual)}${particulars(finding)}</div></details>`}</li>
`;
}

function over(finding: Finding, number?: string): Markup {
  const parts = [
    phaseWords[finding.phase],
    finding.object.kind,
    finding.rootCause,
    ...(finding.severity === 'blocker' ? [] : [finding.waived === undefined ? severityWords[finding.severity] : `waived until ${finding.waived.expires}`]),
    ...(finding.oldDrift ? ['was there before this release'] : []),
  ];
  return html`<p class="over">${number === undefined ? undefined : html`<span class="no">${number}</span>`}${
    finding.differenceClass === 'security' ? html`<span class="security">Security</span>` : undefined
  }<span>${[...parts].join(' · ')}</span></p>`;
}

/** SQL that would cure it, folded: it is there for whoever wants it. */
function advice({ advice: given }: Finding): Markup | undefined {
  if (given === undefined || given.statements.length === 0) return undefined;
  const sql = given.statements.map((statement) => `${statement};`).join('\n');
  return html`${given.loses === undefined ? undefined : html`<p class="bad">Would lose ${given.loses}.</p>`}${folded(showCountOf(given.statements.length, 'statement'), codeBlock(sql))}${given.notes.map((note) => html`<p class="soft">${note}</p>`)}`;
}

function particulars(finding: Finding): Markup {
  const place = placeOf(finding);
  const { sql } = finding;
  return facts([
    ['What to do', html`<b>${finding.cure}</b>`],
    ['Object', html`<code>${finding.object.name}</code>`],
    ['Waived', finding.waived === undefined ? undefined : html`<span class="doubt">until ${finding.waived.expires}</span>: ${finding.waived.reason}`],
    ['Where', place === undefined ? undefined : html`<code>${place}</code>`],
    [
      'SQLSTATE',
      sql === undefined ? undefined : html`<code>${sql.sqlstate}</code> ${sql.message}${sql.detail === undefined ? undefined : html`<br>${sql.detail}`}`,
    ],
    ['See it yourself', finding.showSql === undefined ? undefined : codeBlock(finding.showSql)],
    ['Advice, never run', advice(finding)],
    [
      'Proof',
      finding.artifacts === undefined
        ? undefined
        : html`${finding.artifacts.map((path, index) => html`${index === 0 ? undefined : ', '}<code>${path}</code>`)}`,
    ],
    ['Id', html`<span class="hash">${finding.id}</span>`],
  ]);
}
