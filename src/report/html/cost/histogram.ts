import type { DurationBucket } from '../../../core/cost.ts';
import { showCount, showDuration } from '../../measures.ts';
import { html, type Markup } from '../markup.ts';
import { bar } from '../pieces.ts';

/** How many statements took how long: a bar for each bucket, up to the last one that holds any. */
export function histogram(buckets: readonly DurationBucket[]): Markup {
  const last = buckets.findLastIndex(({ statements }) => statements > 0);
  const most = Math.max(1, ...buckets.map(({ statements }) => statements));
  const rows = buckets
    .slice(0, last + 1)
    .map(
      (bucket) =>
        html`<li><span class="num">${rangeOf(bucket)}</span>${bucket.statements === 0 ? html`<span></span>` : bar(bucket.statements / most)}<span class="num right">${showCount(bucket.statements)}</span></li>`,
    );
  return rows.length === 0
    ? html``
    : html`<figure class="histogram" aria-label="How many statements took how long"><figcaption>Statements by how long they took</figcaption><ul>${rows}</ul></figure>`;
}

function rangeOf({ fromMs, toMs }: DurationBucket): string {
  if (toMs === undefined) return `${showDuration(fromMs)} and longer`;
  return fromMs === 0 ? `under ${showDuration(toMs)}` : `${showDuration(fromMs)} to ${showDuration(toMs)}`;
}
