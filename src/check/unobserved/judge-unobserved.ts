import type { Finding } from '../../core/finding.ts';
import { findingId } from '../../core/finding.ts';
import type { RecordedStatement } from '../../core/recording.ts';
import { isStrong } from '../recording/lock-words.ts';
import type { RecordedRun, RecordingInput } from '../recording/recorded-run.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { unobserved } from './about.ts';

/** Tags of statements that lock no table against writes: what a function that they call defines, an event trigger tells. */
const harmless =
  /^(SELECT|INSERT|UPDATE|DELETE|MERGE|COPY|FETCH|SHOW|SET|RESET|DISCARD.*|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|ANALYZE|EXPLAIN|LISTEN|NOTIFY|PREPARE|DEALLOCATE.*)$/;

/**
 * Doubts about locks that could not be seen and may have stalled production. Where the protocol's own times show that they can't have (no lock outlives
 * its transaction), there is none: the gate's proof counts those statements. Rewrites and scans that nobody saw leave no doubt: the time for which a lock
 * was held is judged whatever it was held for.
 */
export function judgeUnobserved(run: RecordedRun, input: RecordingInput): readonly Finding[] {
  const findings: Finding[] = [];
  const { longLockMs } = run.settings.limits;
  const blind = statementsWithoutLocks(run).filter((statement) => boundMs(run, statement) >= longLockMs);
  const [longest] = blind.toSorted((a, b) => boundMs(run, b) - boundMs(run, a));
  if (longest !== undefined) findings.push(unseen(run, blind, longest));
  const gap = run.recording.unobserved.find(({ what }) => what === 'locks');
  if (gap !== undefined && run.recording.mode !== 'sampling' && run.recording.transactions.some(({ beginMs, endMs }) => endMs - beginMs >= longLockMs))
    findings.push(found('gap', 'Locks could not be seen for a part of the migration', `The reason: ${gap.why}.`));
  if (input.facts.after === undefined && run.recording.statements.length > 0)
    findings.push(found('catalogs', 'The catalogs could not be read after migrating', 'New foreign keys, keys and publications were not judged.'));
  if (changedWithoutStatement(run))
    findings.push(
      found(
        'bypassed',
        'Tables changed though no recorded statement changed them: the migration did not go through the recorder, or only in part',
        `${showCount(run.recording.statements.length, 'statement')} of ${showCount(run.recording.connections.length, 'connection')} were recorded.`,
      ),
    );
  return findings;
}

/** Statements that may lock a table, and whose locks nobody saw. */
export function statementsWithoutLocks(run: RecordedRun): readonly RecordedStatement[] {
  return run.recording.statements.filter((one) => !harmless.test(one.tag ?? '') && one.unobserved.some(({ what }) => what === 'locks'));
}

/**
 * The longest that a statement's locks can have been held: from its start to the end of its transaction. While a statement runs, it is sampled: what no sample
 * showed lasted no longer than from one sample to the next.
 */
function boundMs(run: RecordedRun, statement: RecordedStatement): number {
  const { unsampledMs = Number.POSITIVE_INFINITY } = run.recording;
  const transaction = run.transaction(statement.transaction);
  const toEndMs = (transaction?.endMs ?? statement.endedMs) - statement.startedMs;
  const alone = transaction?.block === false;
  return alone ? Math.min(toEndMs, unsampledMs) : toEndMs;
}

function unseen(run: RecordedRun, blind: readonly RecordedStatement[], longest: RecordedStatement): Finding {
  const why = longest.unobserved.find(({ what }) => what === 'locks')?.why ?? '';
  const took = showDuration(boundMs(run, longest));
  return found(
    'locks',
    `Locks could not be seen for ${showCount(blind.length, 'statement')}, of which the longest took ${took} to the end of its transaction`,
    `${showStatement(longest)}: ${why}. A lock may have been held for that long.`,
    longest,
  );
}

/** `select create_partition(…)`: what a function did in a statement that does nothing by itself. */
function changedByFunction({ created = [], dropped = [], locks = [] }: RecordedStatement): boolean {
  return created.length > 0 || dropped.length > 0 || locks.some(({ mode }) => isStrong(mode) || mode === 'ShareUpdateExclusiveLock');
}

/** The catalogs differ, and nothing that was recorded could have made them differ. */
function changedWithoutStatement({ before, after, recording }: RecordedRun): boolean {
  if (recording.statements.some((one) => one.error === undefined && (!harmless.test(one.tag ?? '') || changedByFunction(one)))) return false;
  const shape = ({ tables, constraints, indexes }: typeof before) =>
    JSON.stringify([
      tables.map(({ oid, name, columns }) => [oid, name, columns]),
      constraints.map(({ oid, name, validated }) => [oid, name, validated]),
      indexes.map(({ oid, name, valid }) => [oid, name, valid]),
    ]);
  return before !== after && shape(before) !== shape(after);
}

function found(subject: string, title: string, detail: string, statement?: RecordedStatement): Finding {
  const object = { kind: 'recording', name: subject };
  return {
    id: findingId(unobserved.check, object),
    check: unobserved.check,
    phase: unobserved.phase,
    severity: 'doubt',
    rootCause: 'lock',
    object,
    title,
    detail,
    ...(statement?.migration === undefined ? {} : { migration: statement.migration }),
    ...(statement?.place === undefined ? {} : { place: statement.place }),
    cure: unobserved.cure,
  };
}
