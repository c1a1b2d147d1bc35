import type { Cut } from '../../core/interruption.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { cutOutcomeWords, cutPlaceWords } from '../cut-words.ts';
import { showCountOf } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { folded, list, section } from './pieces.ts';

/** What became of deploys that were cut off and run again: what needs care in the open, the rest folded. */
export function cutsSection({ cuts }: RunSummary): Markup | undefined {
  if (cuts.length === 0) return undefined;
  const fine = cuts.filter(({ outcome }) => outcome === 'continues');
  const others = cuts.filter(({ outcome }) => outcome !== 'continues');
  const heading = `${showCountOf(fine.length, 'place', 'places')} where a second run goes on and ends as it should`;
  return section('cuts', 'Cut off and run again', 'each on a clone of its own', [
    others.length === 0 ? html`<p>Wherever the deploy was cut off, running it again ends where a run that wasn’t cut ends.</p>` : table(others),
    ...(fine.length === 0 ? [] : [folded(heading, table(fine))]),
  ]);
}

function table(cuts: readonly Cut[]): Markup {
  return html`<div class="wide"><table class="stack"><thead><tr><th scope="col">Cut off</th><th scope="col">What stayed</th><th scope="col">The second run</th><th scope="col">What to do</th></tr></thead><tbody>${cuts.map(row)}</tbody></table></div>`;
}

function row(cut: Cut): Markup {
  const { place, stayed, differences, error, errorPlace, met, why, advice, outcome } = cut;
  const bad = outcome === 'silently-skips' || outcome === 'blocked';
  const told =
    error === undefined
      ? undefined
      : html`<p>${error.sqlstate === '' ? undefined : html`<code>${error.sqlstate}</code> `}${error.message}${at(errorPlace)}</p>`;
  return html`<tr><td data-label="cut off">${cutPlaceWords(cut)}<br><code>${place.file}${place.line === undefined ? '' : `:${place.line}`}</code></td><td data-label="what stayed">${
    outcome === 'not-tried' ? html`<span class="quiet">–</span>` : stayed.length === 0 ? 'nothing' : list(stayed)
  }</td><td data-label="second run">${bad ? html`<b class="bad">${cutOutcomeWords[outcome]}</b>` : cutOutcomeWords[outcome]}${told}${
    why === undefined ? undefined : html`<p>${why}</p>`
  }${list(differences)}${met === undefined ? undefined : html`<p>${met}</p>`}</td><td data-label="what to do">${advice}</td></tr>`;
}

function at(place: Cut['errorPlace']): Markup | undefined {
  return place === undefined ? undefined : html` (<code>${place.file}${place.line === undefined ? '' : `:${place.line}`}</code>)`;
}
