import type { RunSummary } from '../../core/run-summary.ts';
import { html, type Markup } from '../html/markup.ts';
import { page } from '../html/page.ts';
import { facts, list, section } from '../html/pieces.ts';
import { type Memo, type MemoEvidence, makeMemo } from './memo.ts';

/** memo.html: one page for whoever signs the deploy off, with nothing to unfold. */
export function renderMemoHtml(summary: RunSummary): string {
  const memo = makeMemo(summary);
  return page({
    title: `${memo.word} · memo · ${memo.title}`,
    mood: memo.word,
    header: headOf(memo),
    main: html`${[
      ...(memo.rootCause === undefined && memo.failing.length === 0 ? [] : [causeSection(memo)]),
      section('risks', 'Risks', 'seen on the clone', html`${list(memo.risks)}`),
      section('not-covered', 'Not covered', undefined, html`${list(memo.notCovered)}`),
      section('owed', 'Still owed', 'before production', html`<ul>${memo.owed.map((one) => html`<li>☐ ${one}</li>`)}</ul>`),
      section('evidence', 'Evidence', undefined, facts(memo.seal.map(([name, value]) => [name, html`<span class="hash">${value}</span>`]))),
    ]}`,
    footer: 'Made from the run’s journal, and from nothing else. The report beside it has all findings.',
  });
}

function headOf({ title, word, headline, reason, facts: rows }: Memo): Markup {
  return html`<header class="top"><div class="page">
<p class="about"><span><b>${title}</b></span><span>Memo</span></p>
<p class="verdict"><span>${word}</span></p>
<h1>${headline}</h1>
<p class="why">${reason}</p>
<dl class="brief">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd><p>${value}</p></dd></div>`)}</dl>
</div></header>
`;
}

function causeSection({ rootCause, failing, moreFailing }: Memo): Markup {
  return section('cause', 'Root cause', undefined, [
    html`<p>${rootCause ?? 'None.'}</p>`,
    ...failing.map(evidence),
    ...(moreFailing === 0 ? [] : [html`<p class="quiet">And ${moreFailing} more in the report.</p>`]),
  ]);
}

const asCode = new Set(['Statement', 'Expected', 'Found', 'Finding']);

function evidence({ title, facts: rows }: MemoEvidence): Markup {
  return html`<h3>${title}</h3>${facts(rows.map(([name, value]) => [name, asCode.has(name) ? html`<span class="hash">${value.slice(0, 400)}</span>` : value]))}`;
}
