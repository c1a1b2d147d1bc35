import type { FollowedValues } from '../../core/preservation.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showCount, showCountOf } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { facts, section, stateWord } from './pieces.ts';

/** What became of the values that were there before: those that were followed one by one, the others counted. */
export function preservationSection(summary: RunSummary): Markup | undefined {
  const { preservation } = summary;
  if (preservation === undefined) return undefined;
  const { columns, values, followed, sampledPercent } = preservation;
  return section('values', 'Values', 'preserved, changed, lost', [
    facts([
      ['Preserved', `${showCountOf(values, 'value')} in ${showCountOf(columns, 'column')}`],
      [
        'Looked at',
        sampledPercent === undefined ? undefined : html`<b class="doubt">a sample of ${sampledPercent} percent of the rows</b>, by their primary keys`,
      ],
      ['Dropped by CASCADE', droppedAlong(summary)],
    ]),
    followed.length === 0 ? html`<p>No column that held values was renamed, moved, altered or dropped.</p>` : table(followed),
  ]);
}

function table(followed: readonly FollowedValues[]): Markup {
  return html`<div class="wide"><table><thead><tr><th scope="col">Before</th><th scope="col">After</th><th scope="col" class="right">Values</th><th scope="col">What became of them</th></tr></thead><tbody>${followed.map(
    (one) =>
      html`<tr><td><code>${one.name}</code></td><td>${one.to === undefined ? html`<span class="quiet">–</span>` : html`<code>${one.to}</code>`}</td><td class="right num">${
        one.kind === 'table' ? showCountOf(one.values, 'row') : showCount(one.values)
      }</td><td>${outcome(one)}</td></tr>`,
  )}</tbody></table></div>`;
}

function outcome({ outcome, how, declared, to }: FollowedValues): Markup {
  if (outcome === 'preserved') return html`${stateWord('passed', 'preserved')}${how === undefined ? undefined : html`<br><span class="quiet">${how}</span>`}`;
  const word = outcome === 'lost' ? 'in no new column' : to === undefined ? 'others now' : 'others now, or written in another way';
  // What nobody declared is told among the findings, where it matters.
  if (declared === undefined) return stateWord('unfinished', word);
  return html`${stateWord('not-applicable', `${word}, as declared`)}<br>${declared.reason} <span class="quiet">(${declared.by})</span>`;
}

/** What went along with what a statement names. Without a recording, and where it has gaps, silence says nothing. */
function droppedAlong({ recording, findings }: RunSummary): Markup | string {
  if (recording === undefined) return 'not observed: the recorder was off';
  const blind = recording.unobserved.find(({ what }) => what === 'objects');
  if (blind !== undefined) return `not observed: ${blind.why}`;
  const told = findings.filter(({ check }) => check === 'dropped-by-cascade');
  const gaps = recording.statements.filter(({ unobserved }) => unobserved.some(({ what }) => what === 'objects')).length;
  const unseen = gaps === 0 ? '' : `not observed of ${showCountOf(gaps, 'statement')}`;
  if (told.length === 0) return ['nothing', unseen].filter((part) => part !== '').join('; ');
  return html`${told.map(({ title }) => html`${title}<br>`)}${unseen}`;
}
