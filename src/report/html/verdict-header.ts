import { countOf } from '../../core/count-of.ts';
import type { Failure } from '../../core/failure.ts';
import type { RootCause } from '../../core/root-cause.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showDuration, showInstant } from '../measures.ts';
import { rehearsedWords, rootCauseWords, splitFindings, verdictHeadline, verdictReason, verdictWord } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { verdictSigns } from './verdict-signs.ts';

/** The top of the page: verdict, why, root cause and what to do, to be read in ten seconds. */
export function verdictHeader(summary: RunSummary): Markup {
  const { header } = summary;
  const word = verdictWord(summary);
  const rows: readonly (readonly [string, Markup | undefined])[] = [
    ['Root cause', rootCause(summary)],
    ['What to do', whatToDo(summary)],
    ['Also missing for a verdict', alsoMissing(summary)],
    [summary.header?.scope === 'sync' ? 'What was synced' : summary.finished ? 'What was rehearsed' : 'What was being rehearsed', rehearsed(summary)],
  ];
  return html`<header class="top"><div class="page">
<p class="about"><span><b>${header?.title ?? 'A run without a beginning'}</b></span><span>${
    summary.startedAt === undefined ? undefined : html`<time datetime="${summary.startedAt}">${showInstant(summary.startedAt)}</time> · `
  }<span class="mono">${header?.runId}</span></span></p>
<p class="verdict">${verdictSigns[word]}<span>${word}</span></p>
<h1>${verdictHeadline(summary)}</h1>
<p class="why">${verdictReason(summary)}</p>
<dl class="brief">${rows.map(([term, content]) => (content === undefined ? undefined : html`<div><dt>${term}</dt><dd>${content}</dd></div>`))}</dl>
</div></header>
`;
}

function rootCause({ verdict }: RunSummary): Markup | undefined {
  if (verdict === undefined || verdict.kind === 'PASS') return undefined;
  const others: readonly RootCause[] = verdict.kind === 'BLOCKER' ? verdict.otherCauses : [];
  const also = others.length === 0 ? undefined : html`<p class="soft">Also ${others.join(', ')}.</p>`;
  return html`<p><span class="cause">${verdict.rootCause}</span>: ${rootCauseWords[verdict.rootCause]}.</p>${also}`;
}

function whatToDo(summary: RunSummary): Markup | undefined {
  const { verdict } = summary;
  const { deciding } = splitFindings(summary.findings);
  const failure = stoppingFailure(summary);
  switch (verdict?.kind) {
    case 'PASS':
      if (summary.header?.scope === 'sync') return html`<p>Use staging: what it holds stands below.</p>`;
      if (summary.header?.scope === 'way-back') return html`<p>Run <code>pgrehearse run</code>, which judges the deploy too: this run says nothing of it.</p>`;
      return html`<p>Deploy the migrations exactly as they were rehearsed${commit(summary)}, when those who answer for production agree: the memo says what is still owed. What production has become since its copy was made is not in this proof.</p>`;
    case 'BLOCKER': {
      const [first] = deciding;
      if (first === undefined) return html`<p>${failure?.cure ?? 'Read the gates that failed below.'}</p>`;
      return html`<p>${first.cure}</p><p class="soft"><a href="#findings">${deciding.length === 1 ? 'See the finding' : `See all ${deciding.length} findings`}</a></p>`;
    }
    case 'INCONCLUSIVE':
      return html`<p>${failure?.cure ?? deciding[0]?.cure ?? 'Read the gates below that are inconclusive.'}</p>`;
    default:
      if (summary.header?.scope === 'sync') return html`<p>Run the sync again: a table holds its old rows, or all of its new ones.</p>`;
      return html`<p>Run the rehearsal again, or wait for its end.</p>`;
  }
}

/** The first reason stands in the sentence above already. */
function alsoMissing({ verdict }: RunSummary): Markup | undefined {
  if (verdict?.kind !== 'INCONCLUSIVE' || verdict.reasons.length < 2) return undefined;
  return html`<ul>${verdict.reasons.slice(1).map((reason) => html`<li>${reason}</li>`)}</ul>`;
}

function stoppingFailure(summary: RunSummary): Failure | undefined {
  return (summary.verdict?.kind === 'INCONCLUSIVE' ? summary.verdict.failure : undefined) ?? summary.failures[0]?.failure;
}

function commit({ header }: RunSummary): string {
  if (header?.git === undefined) return '';
  return `, commit ${header.git.commit.slice(0, 12)}${header.git.dirty ? ' with uncommitted changes' : ''}`;
}

function rehearsed(summary: RunSummary): Markup | undefined {
  const words = rehearsedWords(summary);
  if (words === undefined) return undefined;
  const { source, copy } = summary;
  const figures = [
    ...(source === undefined ? [] : [`Data as of ${showInstant(source.dataAsOf)}`]),
    ...(copy === undefined ? [] : [`${countOf(copy.rows, 'row')}`]),
    `took ${showDuration(summary.durationMs)}`,
  ];
  return html`<p>${words}.</p><p class="soft">${figures.join(', ')}.</p>`;
}
