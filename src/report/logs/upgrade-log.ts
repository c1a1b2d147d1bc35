import { countOf } from '../../core/count-of.ts';
import type { StatementRecord } from '../../core/migration.ts';
import type { MigrationSummary } from '../../core/run-summary.ts';
import { eventsOf, gatesNamed, type LogBody, type LogInput, whyNot } from './log-input.ts';

/** How much of a statement is shown: the transcript has all of it. */
const longest = 300;

/** Each migration with its statements, what the team's tool printed, and what went wrong. */
export function upgradeLog({ summary, entries }: LogInput): LogBody {
  const gates = gatesNamed(summary, 'lineage-applied', 'forbidden-errors', 'backfill', 'row-bounds', 'leftovers', 'locks', 'migration-query');
  const phase = summary.phases.find((one) => one.phase === 'migrate');
  if (phase === undefined || phase.outcome === 'not-run') return { notDone: whyNot(summary, 'migrate', ''), gates, lines: [] };
  const printed = eventsOf(entries, 'output').filter(({ event }) => event.phase === 'migrate');
  const recorded = new Set(eventsOf(entries, 'history-applied').at(-1)?.event.report.recorded);
  const failures = summary.failures.filter((one) => one.phase === 'migrate');
  return {
    gates: failures.length === 0 ? gates : [failedPhase(phase.summary), ...gates],
    lines: [
      `Phase      ${phase.outcome}: ${phase.summary}`,
      ...failures.flatMap(({ failure }) => [
        `FAILURE    ${failure.code}: ${failure.message}`,
        ...(failure.sql === undefined ? [] : [`           SQLSTATE ${failure.sql.sqlstate}: ${failure.sql.message}`]),
      ]),
      ...summary.migrations.flatMap((one) => migrationLines(one, recorded)),
      ...strangers(summary),
      ...(printed.length === 0
        ? []
        : [
            '',
            'What the tool printed:',
            ...printed.map(({ at, event }) => `  ${at} ${event.stream === 'stderr' ? '!' : '|'} ${event.line}`).filter(isNoRepeat),
          ]),
    ],
  };
}

/** A migration that fails is a failure and no gate; the log's first line must say so all the same. */
function failedPhase(summary: string) {
  return {
    gate: 'migrations apply',
    phase: 'migrate' as const,
    required: true,
    outcome: 'failed' as const,
    couldFail: true,
    proof: 'it failed',
    summary,
    findingIds: [],
    durationMs: 0,
  };
}

/** Lines that were left out are told once. */
function isNoRepeat(line: string, at: number, lines: readonly string[]): boolean {
  return !line.endsWith(' (left out)') || !lines[at - 1]?.endsWith(' (left out)');
}

/** What the recorder saw of the team's own tool, where it isn't known to which migration it belongs. */
function strangers({ recording, migrations }: LogInput['summary']): readonly string[] {
  const known = migrations.some(({ statements }) => statements.length > 0);
  const seen = known ? [] : (recording?.statements ?? []);
  if (seen.length === 0) return [];
  return [
    '',
    'Statements that the flight recorder saw:',
    ...seen.map(({ id, text, tag, rows, startedMs, endedMs, error }) =>
      statementLine(id, { text, rows, durationMs: endedMs - startedMs, ...(tag && { tag }), ...(error && { error }) }),
    ),
  ];
}

type Shown = Pick<StatementRecord, 'text' | 'tag' | 'rows' | 'durationMs' | 'error'>;

function statementLine(index: number, { text, tag, rows, durationMs, error }: Shown): string {
  const result =
    error === undefined ? `${tag ?? 'done'}${rows === null ? '' : `, ${countOf(rows, 'row')}`}` : `FAILED with SQLSTATE ${error.sqlstate}: ${error.message}`;
  const shown = text.trim().replace(/\s+/g, ' ');
  return `  ${index}. ${result}, ${Math.round(durationMs)} ms: ${shown.length > longest ? `${shown.slice(0, longest)} …` : shown}`;
}

/** @param recorded what the ledger names more than before: of a tool's own run nobody else knows what it applied */
function migrationLines({ revision, file, sha256, state, outcome, statements, attempts }: MigrationSummary, recorded: ReadonlySet<string>): readonly string[] {
  const became = state === 'not-run' && recorded.has(revision) ? 'applied, says the ledger' : state;
  const took = outcome === undefined ? '' : `, ${Math.round(outcome.durationMs)} ms, ${outcome.ranAs}`;
  return [
    '',
    `${revision}: ${became}${took}${attempts > 1 ? `, tried ${attempts} times` : ''}`,
    ...(file === undefined ? [] : [`  ${file}  sha256 ${sha256 ?? 'unknown'}`]),
    ...statements.map((one) => statementLine(one.index, one)),
    ...(outcome?.leftBehind === undefined ? [] : [`  Left behind: ${outcome.leftBehind}`]),
  ];
}
