import type { RecordedStatement, Recording } from '../../../core/recording.ts';
import type { RunSummary } from '../../../core/run-summary.ts';
import { lockName, unobservedWords } from '../../locks.ts';
import { showCountOf, showDuration } from '../../measures.ts';
import { html, type Markup } from '../markup.ts';
import { folded, section } from '../pieces.ts';
import { drawLanes } from './draw-lanes.ts';
import { layLanes } from './lanes.ts';
import { retriesPart, stallsPart } from './stalls.ts';

/** Statements in the table; the journal holds all. */
const maxStatements = 500;

/** What the migrations held, and who was kept waiting. */
export function recordingSection(summary: RunSummary): Markup | undefined {
  const { recording, traffic } = summary;
  if (recording === undefined) return undefined;
  const lanes = layLanes(recording, traffic);
  const mode = recording.mode === 'sampling' ? 'by sampling: locks of a few milliseconds may be missing' : undefined;
  return section('recording', 'Locks and stalls', mode, [
    lanes.statements.length === 0 ? html`<p>No statement went over the wire while the migrations ran.</p>` : drawLanes(lanes),
    ...(lanes.statements.length > 0 && lanes.tables.length === 0 ? [html`<p>No table that was there before was locked against reading or writing.</p>`] : []),
    ...(traffic === undefined ? [] : [stallsPart(recording, traffic)]),
    ...[retriesPart(summary)].filter((part) => part !== undefined),
    ...(recording.unobserved.length === 0 ? [] : [notSeen(recording)]),
    folded(`All of it as a table: ${showCountOf(recording.statements.length, 'statement')}`, statementsTable(recording)),
  ]);
}

function notSeen({ unobserved }: Recording): Markup {
  return html`<h3>Not observed</h3><ul>${unobserved.map(({ what, why }) => html`<li>${unobservedWords[what]}: ${why}</li>`)}</ul>`;
}

/** The chart in words: for those who can't see it, and for those who look for one statement. */
function statementsTable(recording: Recording): Markup {
  const names = new Map(recording.relations.map(({ oid, name }) => [oid, name]));
  const rows = recording.statements.slice(0, maxStatements).map((statement) => statementRow(recording, names, statement));
  const more = recording.statements.length - maxStatements;
  return html`<div class="wide"><table class="stack"><thead><tr><th class="right">At</th><th>Statement</th><th>Locks, from this statement on</th><th class="right">Took</th></tr></thead><tbody>${rows}</tbody></table></div>${
    more > 0 ? html`<p class="quiet">${showCountOf(more, 'more statement')}; the journal holds all.</p>` : undefined
  }`;
}

function statementRow(recording: Recording, names: ReadonlyMap<number, string>, statement: RecordedStatement): Markup {
  const transaction = recording.transactions.find(({ id }) => id === statement.transaction);
  const locks = (statement.locks ?? []).map(({ relation, mode }) => {
    const interval = recording.locks.find((one) => one.relation === relation && one.mode === mode && one.transaction === statement.transaction);
    const held = interval?.grantedMs === undefined ? undefined : interval.releasedMs - interval.grantedMs;
    return html`<li>${lockName(mode)} on ${names.get(relation) ?? `relation ${relation}`}${held === undefined ? undefined : ` for ${showDuration(held)}`}</li>`;
  });
  const of =
    statement.migration === undefined ? 'not of a migration' : `${statement.migration}${statement.place?.line === undefined ? '' : `:${statement.place.line}`}`;
  const place = transaction?.block === true ? `${of}, transaction ${transaction.id}` : of;
  const seen = statement.unobserved.some(({ what }) => what === 'locks') ? html`<span class="doubt">not observed</span>` : html`<ul>${locks}</ul>`;
  return html`<tr id="recorded-${statement.id}"><td class="num right" data-label="at">${showDuration(statement.startedMs)}</td><td>${statement.text.slice(0, 300)}<span class="quiet mono">${place}</span></td><td data-label="locks">${seen}</td><td class="num right" data-label="took">${showDuration(statement.endedMs - statement.startedMs)}</td></tr>`;
}
