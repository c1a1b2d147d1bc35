import type { RunSummary } from '../../core/run-summary.ts';
import type { AfterStep, SyncedTable } from '../../core/sync.ts';
import { showBytes, showCountOf, showDuration, showInstant } from '../measures.ts';
import { resultCells, resultHeads, tellCarried } from '../sync/table-words.ts';
import { html, type Markup } from './markup.ts';
import { facts, folded, list, section, stateWord } from './pieces.ts';

const outcomes = {
  synced: 'passed',
  kept: 'not-applicable',
  failed: 'failed',
  refused: 'failed',
  undone: 'failed',
  'not-reached': 'unfinished',
  unknown: 'inconclusive',
} as const;

/** What staging now holds: a row a table, the ones that didn't come first. */
export function syncSection({ sync }: RunSummary): Markup | undefined {
  if (sync === undefined) return undefined;
  const { plan, tables: report, after } = sync;
  return section('sync', 'What staging holds now', report === undefined ? 'nothing was changed' : `as of ${showInstant(plan?.dataAsOf ?? '')}`, [
    ...(report === undefined ? [] : [results(report.tables)]),
    ...(plan === undefined || plan.refused.length === 0 || report !== undefined
      ? []
      : [
          html`<ul>${plan.refused.flatMap(({ table, reasons }) => reasons.map(({ reason, cure }) => html`<li><code>${table}</code>: ${reason}. ${cure}</li>`))}</ul>`,
        ]),
    ...(report === undefined
      ? []
      : [
          facts([
            ['Came over', `${showCountOf(report.rows, 'row')}, ${showBytes(report.bytes)}, in ${showDuration(report.durationMs)}`],
            ['Snapshot held', showDuration(report.snapshotHeldMs)],
            ['Constraints', report.constraints],
          ]),
        ]),
    ...(plan === undefined
      ? []
      : [
          facts([
            ['Production', `${plan.production.address}, PostgreSQL ${plan.production.serverVersion}`],
            ['Staging', `${plan.staging.address}, PostgreSQL ${plan.staging.serverVersion}`],
            ['Staging is staging', list(plan.staging.proof)],
            ['Converted', list(plan.tables.flatMap(({ table, converted }) => converted.map((one) => `${table}.${tellCarried(one)}`)))],
            ['Masked', list(plan.tables.filter(({ masked }) => masked.length > 0).map(({ table, masked }) => `${table}: ${masked.join(', ')}`))],
            ['Schemas differ', list([...plan.skew, ...plan.tables.flatMap(({ table, notes }) => notes.map((note) => `${table}: ${note}`))])],
            ['Left as it is', list(plan.leftOut.map(({ table, why }) => `${table}: ${why}`))],
          ]),
        ]),
    ...(after.length === 0 ? [] : [steps(after)]),
  ]);
}

function results(tables: readonly SyncedTable[]): Markup {
  const lacking = tables.filter(({ outcome }) => outcome !== 'synced' && outcome !== 'kept');
  const came = tables.filter((one) => !lacking.includes(one));
  return html`<div class="wide"><table class="stack tables"><thead><tr>${resultHeads.slice(0, 6).map((head, at) => html`<th scope="col"${at >= 2 && at <= 5 ? html` class="right"` : undefined}>${head}</th>`)}</tr></thead><tbody>${[
    ...lacking,
    ...came,
  ].map(row)}</tbody></table></div>${
    came.length === 0
      ? undefined
      : folded(
          'How it is known',
          html`<ul>${came.map(({ table, proof, outcome }) => html`<li><code>${table}</code>: ${proof ?? (outcome === 'kept' ? 'it had rows, and keeps them' : 'not compared')}</li>`)}</ul>`,
        )
  }`;
}

function row(table: SyncedTable): Markup {
  const [name, word = '', ...cells] = resultCells(table);
  const [sqlstate, where] = cells.slice(4);
  const place = [sqlstate === '' ? undefined : `SQLSTATE ${sqlstate}`, where === '' ? undefined : where].filter((part) => part !== undefined).join(', ');
  const why =
    table.reason === undefined
      ? undefined
      : html`<tr><td colspan="6" class="soft">${place === '' ? undefined : html`<b>${place}</b>: `}${table.reason}. ${table.cure ?? ''}</td></tr>`;
  const figures = cells
    .slice(0, 4)
    .map((cell, at) => (cell === '' ? html`<td></td>` : html`<td class="right num" data-label="${resultHeads[at + 2]}">${cell}</td>`));
  return html`<tr${why === undefined ? undefined : html` class="explained"`}><td><code>${name}</code></td><td>${stateWord(outcomes[table.outcome], word)}</td>${figures}</tr>${why}`;
}

function steps(after: readonly AfterStep[]): Markup {
  const signs = { done: 'passed', failed: 'failed', unknown: 'inconclusive' } as const;
  return html`<h3>Afterwards</h3><ul>${after.map(
    ({ kind, name, outcome, said, durationMs }) =>
      html`<li>${stateWord(signs[outcome], outcome)} ${kind} <b>${name}</b>: ${said} <span class="quiet">${showDuration(durationMs)}</span></li>`,
  )}</ul>`;
}
