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
  const failures = summary.failures.filter((one) => one.phase === 'migrate');
  return {
    gates: failures.length === 0 ? gates : [failedPhase(phase.summary), ...gates],
    lines: [
      `Phase      ${phase.outcome}: ${phase.summary}`,
      ...failures.flatMap(({ failure }) => [
        `FAILURE    ${failure.code}: ${failure.message}`,
        ...(failure.sql === undefined ? [] : [`           SQLSTATE ${failure.sql.sqlstate}: ${failure.sql.message}`]),
      ]),
      ...summary.migrations.flatMap(migrationLines),
      ...(printed.length === 0
        ? []
        : ['', 'What the tool printed:', ...printed.map(({ at, event }) => `  ${at} ${event.stream === 'stderr' ? '!' : '|'} ${event.line}`)]),
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

function migrationLines({ revision, file, sha256, state, outcome, statements, attempts }: MigrationSummary): readonly string[] {
  const took = outcome === undefined ? '' : `, ${Math.round(outcome.durationMs)} ms, ${outcome.ranAs}`;
  return [
    '',
    `${revision}: ${state}${took}${attempts > 1 ? `, tried ${attempts} times` : ''}`,
    ...(file === undefined ? [] : [`  ${file}  sha256 ${sha256 ?? 'unknown'}`]),
    ...statements.map(({ index, text, tag, rows, durationMs, error }) => {
      const result =
        error === undefined ? `${tag ?? 'done'}${rows === null ? '' : `, ${rows} rows`}` : `FAILED with SQLSTATE ${error.sqlstate}: ${error.message}`;
      const shown = text.trim().replace(/\s+/g, ' ');
      return `  ${index}. ${result}, ${Math.round(durationMs)} ms: ${shown.length > longest ? `${shown.slice(0, longest)} …` : shown}`;
    }),
    ...(outcome?.leftBehind === undefined ? [] : [`  Left behind: ${outcome.leftBehind}`]),
  ];
}
