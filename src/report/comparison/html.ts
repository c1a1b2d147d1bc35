import type { ExplainedComparison, ExplainedDifference } from '../../core/explained-comparison.ts';
import { visible } from '../../core/visible-text.ts';
import { type DiffNames, diffBlock } from '../html/diff-block.ts';
import { html, type Markup } from '../html/markup.ts';
import { page } from '../html/page.ts';
import { codeBlock, facts, folded, section } from '../html/pieces.ts';
import { showCountOf } from '../measures.ts';
import { scopeRows, standingOf, waiverStates, whatDiffers } from './comparison-words.ts';
import { type ClassGroup, classWords, groupDifferences } from './group-differences.ts';

/** As in the terminal, and as diff tools have it: what only the left side has is taken away, what only the right side has is added. */
const sides: DiffNames = { first: { name: 'A', tone: 'actual' }, second: { name: 'B', tone: 'expected' }, rest: 'the canonical texts' };

/** A comparison as one page that loads nothing: security first, per object just what differs, then the advice, the waivers and the scope. */
export function renderComparisonHtml(comparison: ExplainedComparison): string {
  const same = comparison.outcome === 'same';
  const groups = groupDifferences(comparison);
  return page({
    title: `${same ? 'Same' : 'Different'} · ${comparison.left} and ${comparison.right}`,
    mood: same ? 'PASS' : 'BLOCKER',
    header: header(comparison, groups),
    main: html`${groups.map((group) => groupSection(group, comparison))}${adviceSection(comparison)}${waiversSection(comparison)}${scopeSection(comparison)}`,
    footer: 'Made from one comparison of two schemas; both were only read. This page loads nothing from anywhere.',
  });
}

function header({ outcome, summary, scope }: ExplainedComparison, groups: readonly ClassGroup[]): Markup {
  const classes = groups.map((group) => html`<li><a href="#${group.class}">${group.class}</a>: ${showCountOf(group.count, 'difference')}</li>`);
  return html`<header class="top"><div class="page">
<p class="about"><span><b>Comparison of two schemas</b></span></p>
<h1>${outcome === 'same' ? 'The same schema' : 'Different schemas'}</h1>
<p class="why">${summary}</p>
<dl class="brief"><div><dt>A</dt><dd>${scope.leftServer}</dd></div><div><dt>B</dt><dd>${scope.rightServer}</dd></div>${
    classes.length === 0 ? undefined : html`<div><dt>Differences</dt><dd><ul>${classes}</ul></dd></div>`
  }</dl>
</div></header>
`;
}

function groupSection({ class: name, objects }: ClassGroup, { left, right }: ExplainedComparison): Markup {
  return section(
    name,
    name.charAt(0).toUpperCase() + name.slice(1),
    classWords[name],
    objects.map(({ object, differences }) => {
      const show = differences.find((one) => one.showSql !== undefined)?.showSql;
      return html`<article class="finding">
<p class="over">${name === 'security' ? html`<span class="security">Security</span>` : undefined}<span>${object.kind}</span></p>
<h3><code>${visible(object.name)}</code></h3>
${differences.map((difference) => one(difference, left, right))}${show === undefined ? undefined : facts([['See it yourself', codeBlock(show)]])}
</article>
`;
    }),
  );
}

function one(difference: ExplainedDifference, left: string, right: string): Markup {
  const { how, explanation, touchedBy, advice } = difference;
  const standing = standingOf(difference);
  const values =
    how === 'only-left'
      ? diffBlock(difference.left ?? '', undefined, sides)
      : how === 'only-right'
        ? diffBlock(undefined, difference.right ?? '', sides)
        : diffBlock(difference.left ?? '(none)', difference.right ?? '(none)', sides);
  return html`<p><b>${whatDiffers(difference, left, right)}</b>${standing === undefined ? undefined : html` <span class="doubt">${standing}</span>`}</p>
${explanation === undefined ? undefined : html`<p class="soft">${explanation}</p>`}${values}${facts([
  ['Last migration', touchedBy === undefined ? undefined : html`<code>${touchedBy.place?.file ?? touchedBy.migration}</code>`],
  ['Advice', adviceOf(advice)],
])}`;
}

function adviceOf({ statements, loses, notes }: ExplainedDifference['advice']): Markup | undefined {
  if (statements.length === 0 && notes.length === 0) return undefined;
  return html`${loses === undefined ? undefined : html`<p class="bad">Would lose ${loses}.</p>`}${
    statements.length === 0 ? undefined : folded(showCountOf(statements.length, 'statement'), codeBlock(statements.map((sql) => `${sql};`).join('\n')))
  }${notes.map((note) => html`<p class="soft">${note}</p>`)}`;
}

function adviceSection({ advice, differences }: ExplainedComparison): Markup | undefined {
  if (differences.length === 0) return undefined;
  const [changed, other] = advice.changes === 'left' ? ['A', 'B'] : ['B', 'A'];
  const without = advice.without === 0 ? undefined : html`<p>For ${showCountOf(advice.without, 'difference')} no statement is known; each says why.</p>`;
  return section('advice', `To make ${changed} like ${other}`, 'advice, never run', [
    html`<p>Read it before you use any of it: nothing is dropped with CASCADE, and what loses rows or values says so.</p>${without}`,
    ...(advice.script === '' ? [] : [folded('The whole script', codeBlock(advice.script.trimEnd()))]),
  ]);
}

function waiversSection({ waivers }: ExplainedComparison): Markup | undefined {
  if (waivers.length === 0) return undefined;
  return section('waivers', 'Waivers', 'accepted for a while', [
    html`<div class="wide"><table><thead><tr><th>Object</th><th>Property</th><th>Until</th><th>State</th><th class="num">Matched</th><th>Reason</th></tr></thead><tbody>${waivers.map(
      (use) =>
        html`<tr><td><code>${visible(use.object)}</code></td><td>${use.property}</td><td class="num">${use.expires}</td><td class="${use.state === 'used' ? 'good' : 'bad'}">${waiverStates[use.state]}</td><td class="num">${use.matched}</td><td>${use.reason}</td></tr>`,
    )}</tbody></table></div>`,
  ]);
}

function scopeSection(comparison: ExplainedComparison): Markup {
  return section('scope', 'What was compared', undefined, [
    facts(scopeRows(comparison).map(([term, text]) => [term, term === 'Fingerprints' ? html`<span class="hash">${text}</span>` : text])),
  ]);
}
