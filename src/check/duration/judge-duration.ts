import type { RecordedStatement } from '../../core/recording.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { wordsOf } from '../recording/statement-about.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { duration } from './about.ts';

export const durationCheck: RecordingCheck = { about: duration, rootCause: 'lock', judge: judgeDurations };

/** At most so many statements are told by themselves in one finding. */
const named = 5;

/** Migrations, and their statements, beyond the limits. Where the migrations can't be told apart, all of them are taken as one. */
function judgeDurations(run: RecordedRun): readonly Sighting[] {
  return [...Map.groupBy(run.recording.statements, ({ migration }) => migration ?? '').entries()].flatMap(([migration, statements]) => [
    ...judgeMigration(run, migration, statements),
    ...judgeStatements(run, migration, statements),
  ]);
}

function judgeMigration(run: RecordedRun, migration: string, statements: readonly RecordedStatement[]): readonly Sighting[] {
  const { migrationMs, postDeployMigrationMs, anyMigrationMs } = run.settings.limits;
  const waitedMs = statements.reduce((sum, one) => sum + (one.waitedMs ?? 0), 0);
  const total = Math.max(...statements.map(({ endedMs }) => endedMs)) - Math.min(...statements.map(({ startedMs }) => startedMs)) - waitedMs;
  if (total <= migrationMs) return [];
  const [limit, advice] =
    total > anyMigrationMs
      ? [anyMigrationMs, 'whoever is responsible for the release has to know before']
      : total > postDeployMigrationMs
        ? [postDeployMigrationMs, 'it belongs into the background, in batches']
        : [migrationMs, 'it belongs after the deploy'];
  return [
    {
      weight: 'full',
      object: objectOf(migration),
      title: `${migration === '' ? 'The migrations' : `Migration ${migration}`} took ${showDuration(total)}, more than ${showDuration(limit)}: ${advice}`,
      detail: `${showCount(statements.length, 'statement')}; the slowest: ${slowest(statements, 1)}.`,
      ...(migration === '' ? {} : { migration }),
    },
  ];
}

function judgeStatements(run: RecordedRun, migration: string, statements: readonly RecordedStatement[]): readonly Sighting[] {
  const { statementMs, slowStatementMs, concurrentMs, postDeployConcurrentMs } = run.settings.limits;
  // Those let readers and writers through, and so they may take their time.
  const [concurrent, others] = [statements.filter(isConcurrent), statements.filter((one) => !isConcurrent(one))];
  const late = concurrent.filter((one) => tookMs(one) > concurrentMs);
  const slow = others.filter((one) => tookMs(one) > statementMs);
  const [worstLate, worstSlow] = [longest(late), longest(slow)];
  return [
    ...(worstLate === undefined
      ? []
      : [
          {
            weight: 'full' as const,
            object: objectOf(migration),
            property: 'concurrent',
            title: `${where(migration)}${showCount(late.length, 'concurrent statement')} took more than ${showDuration(tookMs(worstLate) > postDeployConcurrentMs ? postDeployConcurrentMs : concurrentMs)}, the longest ${showDuration(tookMs(worstLate))}`,
            detail: `${slowest(late, named)}.`,
            statement: worstLate,
          },
        ]),
    ...(worstSlow === undefined
      ? []
      : [
          {
            weight: 'least' as const,
            object: objectOf(migration),
            property: 'statements',
            title: `${where(migration)}${showCount(slow.length, 'statement')} took more than ${showDuration(tookMs(worstSlow) > slowStatementMs ? slowStatementMs : statementMs)}, the longest ${showDuration(tookMs(worstSlow))}`,
            detail: `${slowest(slow, named)}.`,
            statement: worstSlow,
          },
        ]),
  ];
}

/** Several migrations may have the same to tell. */
function where(migration: string): string {
  return migration === '' ? '' : `In ${migration}, `;
}

function isConcurrent(statement: RecordedStatement): boolean {
  const words = wordsOf(statement);
  return words.has('concurrently') || (words.has('validate') && words.has('constraint'));
}

/** What it worked; what it waited for depends on others. */
function tookMs({ startedMs, endedMs, waitedMs = 0 }: RecordedStatement): number {
  return endedMs - startedMs - waitedMs;
}

function longest(statements: readonly RecordedStatement[]): RecordedStatement | undefined {
  return statements.toSorted((a, b) => tookMs(b) - tookMs(a))[0];
}

function slowest(statements: readonly RecordedStatement[], count: number): string {
  const shown = statements.toSorted((a, b) => tookMs(b) - tookMs(a)).slice(0, count);
  return shown.map((one) => `${showDuration(tookMs(one))} for ${showStatement(one)}`).join('; ');
}

function objectOf(migration: string): Sighting['object'] {
  return migration === '' ? { kind: 'recording', name: 'all migrations' } : { kind: 'migration', name: migration };
}
