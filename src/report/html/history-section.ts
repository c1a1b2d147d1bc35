import type { AnchorParity, AppliedReport, StampReport, ToolAnswer } from '../../core/lineage.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { parityHeading, parityWords, partWords, stampWords } from '../history-words.ts';
import { showDuration } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { codeBlock, facts, folded, section } from './pieces.ts';

/** Deviations that are listed of each part; the findings and the journal hold all. */
const mostDeviations = 50;

/** How the history was held against what is expected of it: the anchor, the stamp, what was applied, and what the tool itself says. */
export function historySection({ history, lineage }: RunSummary): Markup | undefined {
  if (history === undefined) return undefined;
  const { parities, stamp, applied, answers } = history;
  const heads = lineage?.heads?.map(({ revision, file }) => `${revision} (${file})`).join(', ');
  return section('history', 'History of migrations', heads === undefined ? undefined : `head: ${heads}`, [
    ...parities.map(parity),
    ...(stamp === undefined ? [] : [stamped(stamp)]),
    ...(applied === undefined ? [] : [appliedFacts(applied)]),
    ...answers.map(answer),
  ]);
}

function parity(one: AnchorParity): Markup {
  return html`<h3>${parityHeading(one)}</h3>${facts(
    one.parts.map((part) => [partWords[part.part], part.deviations.length === 0 ? parityWords(part) : html`<b class="bad">${parityWords(part)}</b>`]),
  )}${one.parts
    .flatMap(({ deviations }) => deviations.slice(0, mostDeviations))
    .map(
      ({ object, property, production, expected }) =>
        html`<p><code>${object}</code>${property === undefined ? undefined : html` ${property}`}: <code>${production ?? '(none)'}</code> in production, <code>${
          expected ?? '(none)'
        }</code> expected</p>`,
    )}`;
}

function stamped(report: StampReport): Markup {
  const { revision, output, durationMs, recorded, applied, pending } = report;
  return html`<h3>Stamped with ${revision}, on the clone only</h3>${facts([
    ['How', stampWords(report)],
    ['Took', showDuration(durationMs)],
    ['The list names', recorded.join(', ')],
    ['Applied by that', `${applied.length}`],
    ['Pending', pending.join(', ')],
  ])}${output.length === 0 ? undefined : folded('What the stamp printed', codeBlock(output.map(({ line }) => line).join('\n')))}`;
}

function appliedFacts({ expected, recorded, order, heads, current }: AppliedReport): Markup {
  return html`<h3>Applied in this run</h3>${facts([
    ['Expected', expected.join(', ')],
    ['Recorded', recorded.length === 0 ? html`<b class="bad">nothing</b>` : recorded.join(', ')],
    ['In the order', order === undefined ? 'not seen: the tool’s writes to its list hold no plain values' : order.join(', ')],
    ['Heads', heads.join(', ')],
    ['The clone is at', current.length === 0 ? html`<b class="bad">nothing</b>` : current.join(', ')],
  ])}`;
}

function answer({ command, exitCode, lines, moment }: ToolAnswer): Markup {
  const when = { before: 'before', 'after-stamp': 'after the stamp', 'after-migrate': 'after the migrations' }[moment];
  return folded(
    html`<code>${command.join(' ')}</code> ${when}${exitCode === 0 ? undefined : html` <b class="bad">ended with ${exitCode === null ? 'a signal' : exitCode}</b>`}`,
    codeBlock(lines.length === 0 ? '(it printed nothing)' : lines.join('\n')),
  );
}
