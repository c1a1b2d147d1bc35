import type { Cost, CostReport, MigrationCost, StatementCost } from '../../../core/cost.ts';
import type { RunSummary } from '../../../core/run-summary.ts';
import { lagWords, showRange, showSeenBytes, showWindow } from '../../cost-words.ts';
import { showBytes, showCount, showCountOf, showDuration } from '../../measures.ts';
import { html, type Markup } from '../markup.ts';
import { facts, folded, list, section } from '../pieces.ts';
import { backfillsPart } from './backfills.ts';
import { histogram } from './histogram.ts';

/** Statements of one migration in its folded table: the longest ones. */
const maxStatements = 40;

/** What the migrations cost here, for each of them and each statement, and what that says of production. */
export function costSection(summary: RunSummary): Markup | undefined {
  const { cost: report, backfills, recording } = summary;
  const texts = new Map(recording?.statements.map(({ id, text }) => [id, text]));
  const migrations = report === undefined || report.cost.migrations.length === 0 ? [] : costParts(report, texts);
  if (migrations.length + backfills.length === 0) return undefined;
  return section('cost', 'Cost', 'measured here, predicted for production', [...migrations, ...(backfills.length === 0 ? [] : [backfillsPart(backfills)])]);
}

function costParts(report: CostReport, texts: ReadonlyMap<number, string>): readonly Markup[] {
  const { cost, window, lag } = report;
  const fastest = lag.fastest === undefined ? undefined : texts.get(lag.fastest.statement);
  return [
    facts([
      [
        'In production',
        html`<b>${showWindow(window)}</b> of work expected; here it was ${showDuration(window.measuredMs)}${folded('What that rests on', html`${list(window.basis)}`)}`,
      ],
      [
        'Replication',
        html`${lagWords[lag.risk]}${lag.lagMs.high < 1 ? undefined : `: ${showRange(lag.lagMs)} behind at the end`}${folded(
          'What that rests on',
          html`${list([
            ...(lag.fastest === undefined
              ? []
              : [
                  `The fastest writer: ${showBytes(lag.fastest.bytesPerSecond)} of WAL a second${fastest === undefined ? '' : ` by ${fastest.slice(0, 120)}`}.`,
                ]),
            ...lag.basis,
          ])}`,
        )}`,
      ],
    ]),
    migrationTable(cost),
    histogram(cost.histogram),
    ...cost.migrations.map((migration) =>
      folded(`${nameOf(migration)}: ${showCountOf(migration.statements.length, 'statement')}`, statementTable(migration.statements, texts)),
    ),
  ];
}

const columns = ['Work', 'Waited', 'Rows', 'WAL', 'Size', 'Temp'] as const;

function migrationTable(cost: CostReport['cost']): Markup {
  const rows = cost.migrations.map(
    (migration) =>
      html`<tr><td><span class="mono">${nameOf(migration)}</span></td>${figures(migration, showSeenBytes(migration.size))}<td class="num right" data-label="in production">${
        migration.predictedMs === undefined ? '–' : showRange(migration.predictedMs)
      }</td></tr>`,
  );
  const total =
    cost.migrations.length < 2
      ? undefined
      : html`<tr class="total"><td><b>Together</b></td>${figures(cost, showSeenBytes(cost.size))}<td class="right"></td></tr>`;
  return html`<div class="wide"><table class="stack costs"><thead><tr><th scope="col">Migration</th>${columns.map(
    (name) => html`<th scope="col" class="right">${name}</th>`,
  )}<th scope="col" class="right">In production</th></tr></thead><tbody>${rows}${total}</tbody></table></div>`;
}

function statementTable(statements: readonly StatementCost[], texts: ReadonlyMap<number, string>): Markup {
  const shown = statements.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, maxStatements);
  const rows = shown.map(
    (one) =>
      html`<tr><td><a href="#recorded-${one.statement}"><code>${(texts.get(one.statement) ?? `statement ${one.statement}`).slice(0, 160)}</code></a></td>${figures(one, showSeenBytes(one.rewritten))}</tr>`,
  );
  const more = statements.length - shown.length;
  return html`<div class="wide"><table class="stack costs"><thead><tr><th scope="col">Statement, the longest first</th>${columns.map(
    (name) => html`<th scope="col" class="right">${name === 'Size' ? 'By rewriting' : name}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table></div>${more > 0 ? html`<p class="quiet">${showCountOf(more, 'shorter one')}; the JSON report holds all.</p>` : undefined}`;
}

function figures({ workMs, waitedMs, rows, wal, temp }: Cost, size: string): readonly Markup[] {
  const waited = waitedMs.complete ? (waitedMs.value === 0 ? '–' : showDuration(waitedMs.value)) : 'not observed';
  const cells = [showDuration(workMs), waited, rows === 0 ? '–' : showCount(rows), showSeenBytes(wal), size, showSeenBytes(temp)];
  return cells.map((cell, at) => html`<td class="num right" data-label="${(columns[at] ?? '').toLowerCase()}">${cell}</td>`);
}

function nameOf({ migration }: MigrationCost): string {
  return migration ?? 'not of a migration';
}
