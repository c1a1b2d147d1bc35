import type { Cost, CostReport, MigrationCost, Seen, StatementCost } from '../../../core/cost.ts';
import type { RunSummary } from '../../../core/run-summary.ts';
import { lagWords, showRange, showSeenBytes, showWindow } from '../../cost-words.ts';
import { showBytes, showCount, showCountOf, showDuration } from '../../measures.ts';
import { html, type Markup } from '../markup.ts';
import { facts, folded, list, section } from '../pieces.ts';
import { backfillsPart } from './backfills.ts';
import { histogram } from './histogram.ts';

/** Statements of one migration in its folded table: the longest ones. */
const maxStatements = 40;
/** Migrations that are told one by one: those that took the longest. */
const maxMigrations = 200;
/** More migrations than this have their statements folded once more, together. */
const maxFolds = 5;

/** What the migrations cost here, for each of them and each statement, and what that says of production. */
export function costSection(summary: RunSummary): Markup | undefined {
  const { cost: report, backfills, recording } = summary;
  const texts = new Map(recording?.statements.map(({ id, text }) => [id, text]));
  const migrations = report === undefined || report.cost.migrations.length === 0 ? [] : costParts(report, texts);
  if (migrations.length + backfills.length === 0) return undefined;
  return section('cost', 'Cost', 'measured here, predicted for production', [...migrations, ...(backfills.length === 0 ? [] : [backfillsPart(backfills)])]);
}

function costParts(report: CostReport, texts: ReadonlyMap<number, string>): readonly Markup[] {
  const { cost, window } = report;
  const columns = columnsFor(cost);
  // What belongs to no migration is the runner's own: it comes last.
  const costliest = new Set(cost.migrations.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, maxMigrations));
  const migrations = cost.migrations
    .filter((migration) => costliest.has(migration))
    .toSorted((a, b) => Number(a.migration === undefined) - Number(b.migration === undefined));
  const more = cost.migrations.length - migrations.length;
  const statements = migrations.map((migration) =>
    folded(`${nameOf(migration)}: ${showCountOf(migration.statements.length, 'statement')}`, statementTable(migration.statements, texts, columns)),
  );
  return [
    facts([
      [
        'In production',
        html`<b>${showWindow(window)}</b> of work expected${window.partial === true ? ' up to the error' : ''}; here it was ${showDuration(window.measuredMs)}${folded('What that rests on', html`${list(window.basis)}`)}`,
      ],
      ['Replication', replication(report, texts)],
    ]),
    migrationTable(report, migrations, columns),
    ...(more > 0 ? [html`<p class="quiet">${showCountOf(more, 'quicker migration')}; the JSON report holds all.</p>`] : []),
    ...(columns.includes('Temp') ? [] : [html`<p class="quiet">Temporary files were not observed.</p>`]),
    histogram(cost.histogram),
    ...(statements.length > maxFolds ? [folded('The statements of each migration', statements)] : statements),
  ];
}

function replication({ lag }: CostReport, texts: ReadonlyMap<number, string>): Markup {
  const text = lag.fastest === undefined ? undefined : texts.get(lag.fastest.statement);
  const fastest =
    lag.fastest === undefined
      ? []
      : [`The fastest writer: ${showBytes(lag.fastest.bytesPerSecond)} of WAL a second${text === undefined ? '' : ` by ${text.slice(0, 120)}`}.`];
  const behind = lag.risk === 'possible' || lag.risk === 'likely' ? `: ${showRange(lag.lagMs)} behind at the end` : undefined;
  return html`${lagWords[lag.risk]}${behind}${folded('What that rests on', html`${list([...fastest, ...lag.basis])}`)}`;
}

type Column = 'Work' | 'Waited' | 'Rows' | 'WAL' | 'Size' | 'Temp';

/** A column in which nothing could be read says so once. */
function columnsFor({ temp }: Cost): readonly Column[] {
  return ['Work', 'Waited', 'Rows', 'WAL', 'Size', ...(temp.complete || temp.value > 0 ? (['Temp'] as const) : [])];
}

function migrationTable({ cost, window }: CostReport, migrations: readonly MigrationCost[], columns: readonly Column[]): Markup {
  const inProduction = (text: string) => html`<td class="num right" data-label="in production">${text}</td>`;
  const rows = migrations.map(
    (migration) =>
      html`<tr><td>${migration.migration === undefined ? nameOf(migration) : html`<span class="mono">${migration.migration}</span>`}</td>${figures(
        migration,
        showSeenBytes(migration.size),
        columns,
      )}${inProduction(migration.predictedMs === undefined ? '–' : showRange(migration.predictedMs))}</tr>`,
  );
  const total =
    cost.migrations.length < 2
      ? undefined
      : html`<tr class="total"><td><b>Together</b></td>${figures(cost, showSeenBytes(cost.size), columns)}${inProduction(showWindow(window))}</tr>`;
  return html`<div class="wide"><table class="stack costs"><thead><tr><th scope="col">Migration</th>${columns.map(
    (name) => html`<th scope="col" class="right">${name}</th>`,
  )}<th scope="col" class="right">In production</th></tr></thead><tbody>${rows}${total}</tbody></table></div>`;
}

function statementTable(statements: readonly StatementCost[], texts: ReadonlyMap<number, string>, columns: readonly Column[]): Markup {
  const shown = statements.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, maxStatements);
  const rows = shown.map(
    (one) =>
      html`<tr><td><a href="#recorded-${one.statement}"><code>${(texts.get(one.statement) ?? `statement ${one.statement}`).slice(0, 160)}</code></a></td>${figures(one, showSeenBytes(sizeOf(one)), columns)}</tr>`,
  );
  const more = statements.length - shown.length;
  return html`<div class="wide"><table class="stack costs"><thead><tr><th scope="col">Statement, the longest first</th>${columns.map(
    (name) => html`<th scope="col" class="right">${name}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table></div>${more > 0 ? html`<p class="quiet">${showCountOf(more, 'shorter one')}; the JSON report holds all.</p>` : undefined}`;
}

/** Where others wrote to the same relations, what it did by writing them anew is known at least. */
function sizeOf({ size, rewritten }: StatementCost): Seen {
  return size.complete ? size : { value: Math.max(size.value, rewritten.value), complete: false };
}

function figures({ workMs, waitedMs, rows, wal, temp }: Cost, size: string, columns: readonly Column[]): readonly Markup[] {
  const values: Readonly<Record<Column, string>> = {
    Work: showDuration(workMs),
    Waited: waitedMs.complete ? (waitedMs.value === 0 ? '–' : showDuration(waitedMs.value)) : 'not observed',
    Rows: rows === 0 ? '–' : showCount(rows),
    WAL: showSeenBytes(wal),
    Size: size,
    Temp: showSeenBytes(temp),
  };
  return columns.map((name) => html`<td class="num right" data-label="${name === 'WAL' ? name : name.toLowerCase()}">${values[name]}</td>`);
}

function nameOf({ migration }: MigrationCost): string {
  return migration ?? 'not of a migration';
}
