import type { RowChange } from '../../core/data.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showChange, showCount, showCountOf } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { folded, section } from './pieces.ts';

/** Rows of each table before and after the migrations: what changed, then the rest folded. */
export function dataSection({ rowChanges }: RunSummary): Markup | undefined {
  if (rowChanges.length === 0) return undefined;
  const changed = rowChanges.filter((change) => change.before !== change.after);
  const same = rowChanges.filter((change) => change.before === change.after);
  const renamed = changed.some((change) => change.before === undefined) && changed.some((change) => change.after === undefined);
  return section('data', 'Rows', 'before and after', [
    changed.length === 0 ? html`<p>No table has more or fewer rows than before.</p>` : table(changed),
    ...(renamed ? [html`<p class="quiet">A table that was renamed stands here under both names.</p>`] : []),
    ...(same.length === 0 ? [] : [folded(`${showCountOf(same.length, 'table')} with as many rows as before`, table(same))]),
  ]);
}

function table(changes: readonly RowChange[]): Markup {
  return html`<div class="wide"><table><thead><tr><th scope="col">Table</th><th scope="col" class="right">Before</th><th scope="col" class="right">After</th><th scope="col" class="right">Change</th></tr></thead><tbody>${changes.map(
    ({ table: name, before, after }) =>
      html`<tr><td><code>${name}</code></td><td class="right num">${rows(before)}</td><td class="right num">${rows(after)}</td><td class="right num">${
        before === undefined ? 'new' : after === undefined ? 'gone' : showChange(after - before)
      }</td></tr>`,
  )}</tbody></table></div>`;
}

function rows(count: number | undefined): Markup {
  return count === undefined ? html`<span class="quiet">–</span>` : html`${showCount(count)}`;
}
