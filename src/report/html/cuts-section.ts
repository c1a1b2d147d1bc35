import type { Cut } from '../../core/interruption.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { cutOutcomeWords, cutPlaceWords } from '../cut-words.ts';
import { showCountOf } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { facts, folded, list, section } from './pieces.ts';

/** What became of deploys that were cut off and run again: what needs care in the open, the rest folded. */
export function cutsSection({ cuts }: RunSummary): Markup | undefined {
  if (cuts.length === 0) return undefined;
  const of = (...outcomes: readonly Cut['outcome'][]) => cuts.filter(({ outcome }) => outcomes.includes(outcome));
  const [bad, untried, fine] = [of('silently-skips', 'blocked'), of('not-tried'), of('continues')];
  return section('cuts', 'Cut off and run again', 'each on a clone of its own', [
    ...(bad.length === 0 && fine.length > 0 ? [html`<p>Wherever the deploy was cut off, running it again ends where a run that wasn’t cut ends.</p>`] : []),
    ...bad.toSorted((a, b) => Number(a.outcome === 'blocked') - Number(b.outcome === 'blocked')).map(inFull),
    ...(untried.length === 0
      ? []
      : [
          folded(
            `${showCountOf(untried.length, 'place', 'places')} not tried`,
            html`<ul>${untried.map((cut) => html`<li>${where(cut)}: ${cut.why ?? ''}</li>`)}</ul>`,
          ),
        ]),
    ...(fine.length === 0
      ? []
      : [
          folded(
            `${showCountOf(fine.length, 'place', 'places')} where a second run goes on and ends as it should`,
            html`<ul>${fine.map((cut) => html`<li>${where(cut)}. Stayed: ${cut.stayed.length === 0 ? 'nothing' : cut.stayed.join('; ')}.</li>`)}</ul>`,
          ),
        ]),
  ]);
}

function inFull(cut: Cut): Markup {
  const { stayed, differences, error, errorPlace, met, advice, outcome } = cut;
  const message =
    error === undefined ? undefined : html`${error.sqlstate === '' ? undefined : html`<code>${error.sqlstate}</code> `}${error.message}${at(errorPlace)}`;
  return html`<h3>${where(cut)}</h3>${facts([
    ['Stayed', stayed.length === 0 ? 'nothing' : list(stayed)],
    ['Second run', html`<b class="bad">${cutOutcomeWords[outcome]}</b>${message === undefined ? undefined : html`: ${message}`}${list(differences)}`],
    ['In the way', met],
    ['Do this', advice],
  ])}`;
}

function where(cut: Cut): Markup {
  const { file, line } = cut.place;
  return html`${cutPlaceWords(cut)} <code>${file}${line === undefined ? '' : `:${line}`}</code>`;
}

function at(place: Cut['errorPlace']): Markup | undefined {
  return place === undefined ? undefined : html` (<code>${place.file}${place.line === undefined ? '' : `:${place.line}`}</code>)`;
}
