import type { BackfillReport, BatchSample } from '../../../core/cost.ts';
import { showWindow } from '../../cost-words.ts';
import { showCount, showCountOf, showDuration } from '../../measures.ts';
import { html, type Markup } from '../markup.ts';
import { bar, folded, list } from '../pieces.ts';

/** Declared backfills: how long the batches took that were tried, and all of it in production. */
export function backfillsPart(backfills: readonly BackfillReport[]): Markup {
  return html`<h3>Backfills</h3>${backfills.map(one)}`;
}

function one(backfill: BackfillReport): Markup {
  const { name, table, role, samples, batches, window, error, endedBy, limitMs } = backfill;
  const slow = samples.filter(({ durationMs }) => durationMs > limitMs).length;
  const limit = slow === 0 ? html`none over ${showDuration(limitMs)}` : html`<b class="bad">${showCount(slow)} over ${showDuration(limitMs)}</b>`;
  return html`<p><code>${name}</code> of <code>${table}</code>, as ${role}: ${
    window === undefined ? 'nothing is predicted' : html`<b>${showWindow(window)}</b> in production for ${showCountOf(batches, 'batch', 'batches')}`
  }. ${showCountOf(samples.length, 'batch was', 'batches were')} tried${endedBy === 'time' ? ' in the time given' : ''}, ${limit}.</p>${
    error === undefined ? undefined : html`<p class="bad"><code>${error.sqlstate}</code> ${error.message}</p>`
  }${window === undefined ? undefined : folded('What that rests on', html`${list(window.basis)}`)}${samples.length === 0 ? undefined : folded('The batches', batchTable(samples, limitMs))}`;
}

/** In the order of their ids, which shows where in the table it is slow. */
function batchTable(samples: readonly BatchSample[], limitMs: number): Markup {
  const longest = Math.max(...samples.map(({ durationMs }) => durationMs));
  const rows = samples
    .toSorted((a, b) => a.share - b.share)
    .map(
      ({ share, firstId, lastId, rows: changed, durationMs }) =>
        html`<tr><td class="num" data-label="at">${(share * 100).toFixed(share * 100 === Math.round(share * 100) ? 0 : 1)} %</td><td class="num" data-label="ids">${firstId} to ${lastId}</td><td class="num right" data-label="rows">${changed === null ? '–' : showCount(changed)}</td><td>${bar(durationMs / longest, durationMs > limitMs)}</td><td class="num right" data-label="took">${showDuration(durationMs)}</td></tr>`,
    );
  return html`<div class="wide"><table class="stack batches"><thead><tr><th scope="col">At</th><th scope="col">Ids</th><th scope="col" class="right">Rows</th><th scope="col"><span class="hidden">Share of the longest</span></th><th scope="col" class="right">Took</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
