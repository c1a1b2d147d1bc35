import type { MigrationSummary, RunSummary, StatementSummary } from '../../core/run-summary.ts';
import { isStrong, lockName, unobservedWords } from '../locks.ts';
import { showBytes, showCount, showCountOf, showDuration } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { bar, folded, section, statementText } from './pieces.ts';

/** Statements of one migration that are shown; the journal holds all. */
const maxStatements = 200;

/** What ran: each migration with its time, and unfolded each statement. Bars are shares of the longest. */
export function migrationsSection({ migrations, lineage, recording }: RunSummary): Markup | undefined {
  if (migrations.length === 0) return undefined;
  const longest = Math.max(...migrations.map(durationOf));
  const relations = new Map(recording?.relations.map(({ oid, name }) => [oid, name]));
  const remark = lineage === undefined ? undefined : `${showCountOf(lineage.applied.length, 'was', 'were')} applied before`;
  return section('migrations', 'Migrations', remark, [
    ...migrations.map((migration) => row(migration, longest, relations)),
    ...(lineage === undefined || lineage.unknown.length === 0
      ? []
      : [html`<p class="bad">Applied in production and not in the repo: ${lineage.unknown.join(', ')}</p>`]),
  ]);
}

function row(migration: MigrationSummary, longest: number, relations: ReadonlyMap<number, string>): Markup {
  const duration = durationOf(migration);
  const failed = migration.state === 'failed';
  const longestStatement = migration.statements.reduce((most, one) => Math.max(most, one.durationMs), 0);
  const remarks = [
    stateWords[migration.state],
    showCountOf(migration.statements.length, 'statement'),
    ...(migration.outcome?.ranAs === 'no-transaction' ? ['without a transaction'] : []),
    ...(migration.attempts > 1 ? ['run again on a new clone'] : []),
  ];
  return html`<details class="migration"${failed ? html` open` : undefined}><summary><span class="name${failed ? ' bad' : ''}">${migration.revision}<small>${remarks.join(', ')}</small></span>${bar(
    duration / longest,
    failed,
  )}<span class="num right">${migration.state === 'not-run' ? '–' : showDuration(duration)}</span></summary><div>
<p class="quiet">${migration.file}${migration.sha256 === undefined ? undefined : html` <span class="hash">SHA-256 ${migration.sha256.slice(0, 16)}…</span>`}</p>
${migration.outcome?.leftBehind === undefined ? undefined : html`<p><b>Left behind:</b> ${migration.outcome.leftBehind}</p>`}
${migration.statements.slice(0, maxStatements).map((one) => statement(one, longestStatement, relations))}
${migration.statements.length > maxStatements ? html`<p class="quiet">${showCount(migration.statements.length - maxStatements)} more; the journal holds all.</p>` : undefined}
</div></details>`;
}

function statement(one: StatementSummary, longest: number, relations: ReadonlyMap<number, string>): Markup {
  const figures = [
    `line ${one.place.line ?? '?'}`,
    ...(one.tag === undefined ? [] : [one.tag]),
    ...(one.rows === null ? [] : [showCountOf(one.rows, 'row')]),
    showDuration(one.durationMs),
    ...observed(one, relations),
  ];
  return html`<div class="statement"><p>${bar(one.durationMs / longest, one.error !== undefined)}${figures.map((figure) => html`<span class="num">${figure}</span>`)}</p>${statementText(one.text)}${
    one.error === undefined ? undefined : html`<p class="bad"><span>${one.error.sqlstate} ${one.error.message}</span></p>`
  }</div>`;
}

/** What the flight recorder saw. What could not be read is said to be so, and never shown as zero. */
function observed({ recorded }: StatementSummary, relations: ReadonlyMap<number, string>): readonly string[] {
  if (recorded === undefined) return [];
  const name = (oid: number) => relations.get(oid) ?? `relation ${oid}`;
  return [
    ...(recorded.waitedMs === undefined || recorded.waitedMs === 0 ? [] : [`waited ${showDuration(recorded.waitedMs)} for locks`]),
    ...(recorded.locks ?? []).filter(({ mode }) => isStrong(mode)).map(({ mode, relation }) => `${lockName(mode)} on ${name(relation)}`),
    ...(recorded.rewrites ?? []).map(({ relation, reasons }) => `rewrote ${name(relation)} (${reasons.join(', ')})`),
    ...(recorded.scans ?? []).map(({ relation }) => `read all of ${name(relation)}`),
    ...(recorded.wal === undefined ? [] : [`${showBytes(recorded.wal.bytes)} of WAL${recorded.wal.alone ? '' : ', others’ too'}`]),
    ...recorded.unobserved.map(({ what }) => `${unobservedWords[what]} not observed`),
  ];
}

function durationOf(migration: MigrationSummary): number {
  return migration.outcome?.durationMs ?? migration.statements.reduce((sum, one) => sum + one.durationMs, 0);
}

const stateWords: Readonly<Record<MigrationSummary['state'], string>> = {
  applied: 'applied',
  failed: 'failed',
  'not-run': 'not run',
  unfinished: 'unfinished',
};

/** The last lines that the team's own commands printed, folded. */
export function outputSection({ output }: RunSummary): Markup | undefined {
  if (output.length === 0) return undefined;
  return section(
    'output',
    'Output',
    'of your commands',
    folded(`The last ${showCountOf(output.length, 'line')}`, html`<pre>${output.map(({ line }) => `${line}\n`)}</pre>`),
  );
}
