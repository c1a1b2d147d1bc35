import type { Finding } from '../../core/finding.ts';
import { findingId } from '../../core/finding.ts';
import type { RecordedStatement, Unobserved } from '../../core/recording.ts';
import type { RecordedRun, RecordingInput } from '../recording/recorded-run.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { unobserved } from './about.ts';

/** Without these no judgement about what stalls production can be made; the rest of what can be unseen only makes findings poorer. */
const needed: readonly Unobserved['what'][] = ['locks', 'rewrites', 'scans'];

/** Tags of statements that lock no table against writes. */
const harmless =
  /^(INSERT|UPDATE|DELETE|MERGE|COPY|FETCH|SHOW|SET|RESET|DISCARD.*|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|ANALYZE|EXPLAIN|LISTEN|NOTIFY|PREPARE|DEALLOCATE.*)$/;

/** Doubts about what could not be seen, where it may have stalled production; notes where the protocol's own times show that it can't have. */
export function judgeUnobserved(run: RecordedRun, input: RecordingInput): readonly Finding[] {
  const findings: Finding[] = [];
  for (const what of needed) {
    const blind = run.recording.statements.filter((one) => !harmless.test(one.tag ?? '') && one.unobserved.some((missing) => missing.what === what));
    const [longest] = blind.toSorted((a, b) => boundMs(run, b) - boundMs(run, a));
    if (longest !== undefined) findings.push(unseenOf(run, what, blind, longest));
  }
  for (const { what, why } of run.recording.unobserved) {
    const longest = Math.max(0, ...run.recording.transactions.map(({ beginMs, endMs }) => endMs - beginMs));
    const doubtful = needed.includes(what) && run.recording.mode !== 'sampling' && longest >= run.settings.limits.longLockMs;
    findings.push(found(doubtful, `recording:${what}`, `${words[what]} could not be seen for a part of the migration`, `The reason: ${why}.`));
  }
  if (input.facts.after === undefined && run.recording.statements.length > 0)
    findings.push(found(true, 'catalogs', 'The catalogs could not be read after migrating', 'New foreign keys, keys and publications were not judged.'));
  if (changedWithoutStatement(run))
    findings.push(
      found(
        true,
        'bypassed',
        'Tables changed though no recorded statement changed them: the migration did not go through the recorder, or only in part',
        `${showCount(run.recording.statements.length, 'statement')} of ${showCount(run.recording.connections.length, 'connection')} were recorded.`,
      ),
    );
  return findings;
}

const words: Record<Unobserved['what'], string> = {
  locks: 'Locks',
  'lock-times': 'The times of locks',
  rewrites: 'Rewritten tables',
  'rewrite-reasons': 'Why tables were rewritten',
  scans: 'Scans of whole tables',
  rows: 'Rows written',
  wal: 'The volume of WAL',
  temp: 'Temporary files',
  sizes: 'Sizes of tables',
  settings: 'Settings of sessions',
  objects: 'Objects made and dropped',
};

/** The longest that a statement's locks can have been held: from its start to the end of its transaction. */
function boundMs(run: RecordedRun, statement: RecordedStatement): number {
  return (run.transaction(statement.transaction)?.endMs ?? statement.endedMs) - statement.startedMs;
}

function unseenOf(run: RecordedRun, what: Unobserved['what'], blind: readonly RecordedStatement[], longest: RecordedStatement): Finding {
  const bound = boundMs(run, longest);
  const why = longest.unobserved.find((missing) => missing.what === what)?.why ?? '';
  const doubtful = bound >= run.settings.limits.longLockMs;
  const rest = doubtful ? 'A lock may have been held for that long.' : 'None can have held a lock for longer than that.';
  return found(
    doubtful,
    what,
    `${words[what]} could not be seen for ${showCount(blind.length, 'statement')}, of which the longest took ${showDuration(bound)} to the end of its transaction`,
    `${showStatement(longest)}: ${why}. ${rest}`,
    longest,
  );
}

/** The catalogs differ, and nothing that was recorded could have made them differ. */
function changedWithoutStatement({ before, after, recording }: RecordedRun): boolean {
  if (recording.statements.some((one) => one.error === undefined && !harmless.test(one.tag ?? ''))) return false;
  const shape = ({ tables, constraints, indexes }: typeof before) =>
    JSON.stringify([
      tables.map(({ oid, name, columns }) => [oid, name, columns]),
      constraints.map(({ oid, name, validated }) => [oid, name, validated]),
      indexes.map(({ oid, name, valid }) => [oid, name, valid]),
    ]);
  return before !== after && shape(before) !== shape(after);
}

function found(doubtful: boolean, subject: string, title: string, detail: string, statement?: RecordedStatement): Finding {
  const object = { kind: 'recording', name: subject };
  return {
    id: findingId(unobserved.check, object),
    check: unobserved.check,
    phase: unobserved.phase,
    severity: doubtful ? 'doubt' : 'note',
    rootCause: 'lock',
    object,
    title,
    detail,
    ...(statement?.migration === undefined ? {} : { migration: statement.migration }),
    ...(statement?.place === undefined ? {} : { place: statement.place }),
    cure: unobserved.cure,
  };
}
