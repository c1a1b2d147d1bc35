import { lockModes, type RecordedStatement, type Recording } from '../../src/core/recording.ts';
import { nameIn } from './record.ts';

/** What a tool does for itself: looking around, its ledger, the borders of its transaction. */
const toolsOwn = /alembic_version|drizzle/i;
const touchesNothing = /^(BEGIN|COMMIT|ROLLBACK|SELECT|SHOW|SET|DISCARD ALL)?$/;

/**
 * What a migration did, in a line for each statement, without what is the tool's own affair: texts, times, numbers of things, its ledger. Two tools that brought
 * the same migration have the same lines.
 */
export function essenceOf(recording: Recording): readonly string[] {
  return recording.statements.filter(({ tag, text }) => !touchesNothing.test(tag ?? '') && !toolsOwn.test(text)).map((statement) => line(recording, statement));
}

/** How long the tables that were there before stay locked: each lock with the statements in the middle of which it was taken and released. */
export function heldLocks(recording: Recording): readonly string[] {
  const told = recording.locks.flatMap(({ relation, mode, transaction, releasedMs }) => {
    const known = recording.relations.find(({ oid }) => oid === relation);
    const held = recording.transactions.find(({ id }) => id === transaction);
    if (known?.existedBefore !== true || held === undefined || lockModes.indexOf(mode) < lockModes.indexOf('ShareLock')) return [];
    return [`${known.name} ${mode} ${releasedMs === held.endMs ? 'to the end' : 'for a while'}, ${held.outcome}`];
  });
  return [...new Set(told)].sort();
}

function line(recording: Recording, { tag, error, rows, locks, rewrites, scans, written, created, dropped }: RecordedStatement): string {
  const name = (oid: number) => nameIn(recording, oid) ?? `${oid}`;
  const part = (what: string, list: readonly string[] | undefined) => (list?.length === 0 ? [] : [`${what} ${list?.toSorted().join(', ') ?? '?'}`]);
  return [
    `${tag ?? error?.sqlstate}${rows === null ? '' : ` ${rows}`}`,
    ...part(
      'locks',
      locks?.map(({ relation, mode }) => `${name(relation)} ${mode}`),
    ),
    ...part(
      'rewrites',
      rewrites?.map(({ relation, reasons }) => `${name(relation)} ${reasons.join('+')}`),
    ),
    ...part(
      'reads',
      scans?.map(({ relation }) => name(relation)),
    ),
    ...part(
      'writes',
      written?.map(({ relation, inserted, updated, deleted }) => `${name(relation)} +${inserted} ~${updated} -${deleted}`),
    ),
    ...part(
      'makes',
      created?.map((made) => `${made.kind} ${made.name}`),
    ),
    ...part(
      'drops',
      dropped?.map((gone) => `${gone.kind} ${gone.name}`),
    ),
  ].join('; ');
}
