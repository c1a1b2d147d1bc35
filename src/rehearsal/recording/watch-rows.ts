import { rowBounds } from '../../check/row-bounds/about.ts';
import type { EvaluatedBound } from '../../check/row-bounds/evaluate-bounds.ts';
import type { RowVolumes } from '../../check/row-bounds/read-row-volumes.ts';
import { countsExactlySince, readRowCounters, rowCountersStatement } from '../../check/row-bounds/row-counters.ts';
import { RowWatch } from '../../check/row-bounds/row-watch.ts';
import { severalAtOnce, type WatchedStatement, writesNoRows } from '../../check/row-bounds/watched-statement.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Finding } from '../../core/finding.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { StatementWatch } from '../../migrate/run-file.ts';
import { recogniseStatements } from '../../record/attribute.ts';
import type { ReadyWatch, WatchedReady } from '../../record/recorder-hooks.ts';
import { report } from '../run.ts';

/** Follows the rows that migrations write, for as long as one try lasts. */
export interface WatchedRows {
  readonly watch: RowWatch;
  /** For our own runner. */
  readonly ofRunner: StatementWatch;
  /** For what the team's own tool sends through the recorder. */
  readonly ofTool: ReadyWatch;
  /** Aborts when a tool is to be ended. */
  readonly stopping: AbortSignal;
  /** Why the run is to end; undefined while no bound is broken. */
  readonly stopped: () => Failure | undefined;
  /** Tells which bound it was, as a gate of the phase in which it was seen. */
  tell(context: Context): void;
}

/**
 * Watches bounds that end a run, and those on single migrations. Undefined where there are none: then nobody is asked anything.
 *
 * @param before read of the clone just before
 * @param migrations those that may run
 */
export function watchRows(bounds: readonly EvaluatedBound[], before: RowVolumes, migrations: readonly Migration[]): WatchedRows | undefined {
  if (!bounds.some(({ stop, migration }) => stop === true || migration !== undefined)) return undefined;
  const startedAt = performance.now();
  const watch = new RowWatch(bounds, before);
  const stopping = new AbortController();
  let broken: Finding | undefined;
  const stop = (finding: Finding | undefined): Failure | undefined => {
    broken ??= finding;
    return broken === undefined ? undefined : failureOf(broken);
  };
  const recognise = recogniseStatements([], migrations);
  /** Sessions that wrote rows and are still there: with two of them, nobody knows whose rows are whose. */
  const writers = new Set<number>();
  let last: WatchedStatement | undefined;

  return {
    watch,
    stopping: stopping.signal,
    stopped: () => stop(undefined),
    ofRunner: {
      async after(session, statement, isLast) {
        if (session.serverVersionNum < countsExactlySince) {
          watch.doubt(tooOld);
          return undefined;
        }
        if (!isLast && writesNoRows.test(statement.tag ?? '')) return undefined;
        const found = watch.take(statement, readRowCounters(await askSession(session)));
        return stop(found ?? (isLast ? watch.finished(statement) : undefined));
      },
    },
    ofTool: {
      statement: rowCountersStatement,
      wants: (statements) => statements.some(({ tag }) => tag === undefined || !writesNoRows.test(tag)),
      missed: (why) => watch.doubt(why),
      ended: (how) => watch.ended(how),
      closed: (connection) => void writers.delete(connection),
      take({ connection, statements, rows, serverVersionNum }: WatchedReady) {
        if (serverVersionNum < countsExactlySince) watch.doubt(tooOld);
        const writing = statements.filter(({ tag }) => tag === undefined || !writesNoRows.test(tag));
        writers.add(connection);
        if (writers.size > 1) watch.doubt('several sessions wrote at the same time');
        const found = writing.flatMap(({ text, tag }) => {
          const known = recognise(text);
          return known === undefined ? [] : [{ ...known, text, tag }];
        });
        const latest = found.at(-1);
        if (found.some(({ migration }) => migration !== latest?.migration)) watch.doubt('statements of several migrations were sent at once');
        // Of several statements that the tool sent at once only the sum is known.
        const statement = latest === undefined || writing.length === 1 ? latest : { ...latest, index: severalAtOnce };
        const ended = last !== undefined && statement !== undefined && statement.migration !== last.migration ? watch.finished(last) : undefined;
        if (statement !== undefined) last = statement;
        if (stop(ended ?? watch.take(statement, readRowCounters(rows))) === undefined) return false;
        stopping.abort();
        return true;
      },
    },
    tell(context) {
      if (broken === undefined) return;
      const finding: Finding = { ...broken, phase: 'migrate' };
      report(context, {
        gate: {
          gate: rowBounds.check,
          phase: 'migrate',
          required: true,
          outcome: 'failed',
          couldFail: true,
          proof: 'it failed',
          summary: `${finding.title}. Nothing more was applied.`,
          findingIds: [finding.id],
          durationMs: Math.round(performance.now() - startedAt),
        },
        findings: [finding],
      });
    },
  };
}

const tooOld = 'before PostgreSQL 15 a server doesn’t say exactly what was written while a migration still runs';

async function askSession(session: Session): Promise<readonly (readonly (string | null)[])[]> {
  const rows = await session.query<Record<string, string | null>>(rowCountersStatement.text);
  return rows.map((row) => Object.values(row));
}

function failureOf(finding: Finding): Failure {
  const { migration, place } = finding;
  // A bound on a migration names it already.
  const named = migration === undefined || finding.title.startsWith(migration);
  const where = named ? '' : ` It was seen after a statement of ${migration}${place?.line === undefined ? '' : ` (${place.file}:${place.line})`}.`;
  return failure('row-bound-broken', `${finding.title}: the run was stopped there, and nothing more was applied.${where}`, {
    object: finding.object.name,
    cure: finding.cure,
    ...(place === undefined ? {} : { place }),
  });
}
