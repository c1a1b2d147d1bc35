import type { LockMode, Recording } from '../../core/recording.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { isStrong, lockName } from '../locks.ts';
import { showDuration } from '../measures.ts';

const mostShown = 3;

/** The strong locks that were held the longest, a clause each. */
export function strongestLocks({ recording }: RunSummary): readonly string[] {
  if (recording === undefined) return ['Which locks it takes is not known: nothing was recorded'];
  const held = longestByTable(recording);
  if (held.length === 0) return ['Nobody was locked out of a table that was there before'];
  const shown = held.slice(0, mostShown).map(({ name, mode, heldMs }) => `${name} (${lockName(mode)}) for ${showDuration(heldMs)}`);
  return [`Locks, on the clone: ${shown.join(', ')}${held.length > mostShown ? `, and ${held.length - mostShown} more` : ''}`];
}

interface Held {
  readonly name: string;
  readonly mode: LockMode;
  readonly heldMs: number;
}

function longestByTable({ locks, relations }: Recording): readonly Held[] {
  const tables = new Map(relations.filter(({ kind, existedBefore }) => existedBefore && /table|view/.test(kind)).map(({ oid, name }) => [oid, name]));
  const longest = new Map<string, Held>();
  for (const { relation, mode, grantedMs, releasedMs } of locks) {
    const name = tables.get(relation);
    if (name === undefined || grantedMs === undefined || !isStrong(mode)) continue;
    const heldMs = releasedMs - grantedMs;
    if (heldMs >= (longest.get(name)?.heldMs ?? 0)) longest.set(name, { name, mode, heldMs });
  }
  return [...longest.values()].sort((a, b) => b.heldMs - a.heldMs || (a.name < b.name ? -1 : 1));
}

/** Steps that no script takes back, since what they drop held rows or values: a clause. */
export function lostForGood({ recording }: RunSummary): readonly string[] {
  const dropped = recording?.statements.flatMap(({ dropped: gone = [], error }) => (error === undefined ? gone : [])) ?? [];
  const names = [
    ...new Set(
      dropped.filter(({ kind }) => kind === 'table' || kind === 'table column').map(({ kind, name }) => `${kind === 'table' ? 'table' : 'column'} ${name}`),
    ),
  ];
  if (names.length === 0) return [];
  return [`Can’t be taken back but by a backup: ${names.slice(0, 6).join(', ')}${names.length > 6 ? `, and ${names.length - 6} more` : ''} dropped`];
}
