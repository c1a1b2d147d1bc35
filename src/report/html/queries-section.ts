import type { QueriesReport, QueryLine } from '../../core/queries.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showCount, showCountOf } from '../measures.ts';
import { countsOfQueries, directionWords, showCalls, stateWords } from '../query-words.ts';
import { html, type Markup } from './markup.ts';
import { facts, folded, list, section, stateWord } from './pieces.ts';

const signs = {
  broken: 'failed',
  regressed: 'inconclusive',
  changed: 'inconclusive',
  unusable: 'not-applicable',
  ignored: 'not-applicable',
  fine: 'passed',
} as const;

/** What became of the application's queries on the other schema: what doesn't work first, what could not be tried folded. */
export function queriesSection({ queries }: RunSummary): Markup | undefined {
  if (queries.length === 0) return undefined;
  const total = queries.reduce((sum, report) => sum + countOf(report), 0);
  return section('queries', 'Queries of the application', showCountOf(total, 'query', 'queries'), queries.map(direction));
}

function countOf({ counts }: QueriesReport): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function direction(report: QueriesReport): Markup {
  const matter = report.queries.filter(({ state }) => state !== 'unusable' && state !== 'ignored');
  const rest = report.queries.filter(({ state }) => state === 'unusable' || state === 'ignored');
  const told = report.counts.unusable + report.counts.ignored;
  return html`<div class="scope"><h3>${directionWords[report.direction]}</h3><p>${countsOfQueries(report)}.</p>${
    matter.length === 0 ? undefined : table(matter)
  }${rest.length === 0 ? undefined : folded(`${showCountOf(told, 'query', 'queries')} that could not be tried or need not work`, table(rest))}${facts([
    ['From', report.from.join(', ')],
    ['Left out', list(report.leftOut)],
  ])}</div>`;
}

function table(lines: readonly QueryLine[]): Markup {
  return html`<table class="stack"><thead><tr><th scope="col">Outcome</th><th scope="col">Query</th><th scope="col">What became of it</th><th scope="col" class="right">Calls an hour</th></tr></thead><tbody>${lines.map(
    ({ id, state, text, why, role, callsPerHour, migration, from }) =>
      html`<tr><td>${stateWord(signs[state], stateWords[state])}</td><td><span class="mono">${text}</span><span class="quiet">${[id, ...from, ...(role === undefined ? [] : [`as ${role}`])].join(' · ')}</span></td><td>${why}${
        migration === undefined ? undefined : html`<br><span class="soft">by <code>${migration}</code></span>`
      }</td><td class="right num" data-label="Calls an hour">${callsPerHour === undefined ? html`<span class="quiet">–</span>` : showCalls(callsPerHour)}</td></tr>`,
  )}</tbody></table>${lines.length < 200 ? undefined : html`<p class="quiet">${showCount(lines.length)} are shown.</p>`}`;
}
