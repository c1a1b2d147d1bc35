import { countOf } from '../../core/count-of.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import type { Known } from '../../core/production.ts';
import { isKnown } from '../../core/production.ts';
import type { LockMode } from '../../core/recording.ts';
import { go, noGo, unknown } from '../finding.ts';
import type { FreezeAge, LockHolder, SnapshotHolder } from '../read/read-lock-holders.ts';
import type { Rehearsed, TableToLock } from '../rehearsed.ts';
import { mustWait } from './lock-conflicts.ts';

const check = 'long-transactions';

export interface Activity {
  readonly holders: readonly LockHolder[];
  readonly snapshots: readonly SnapshotHolder[];
  readonly ages: readonly FreezeAge[];
}

/**
 * Would somebody make the migrations wait? Transactions older than the limit whose locks conflict with those that were rehearsed; prepared ones at any age, since
 * nobody knows when they end; a VACUUM that doesn't give way. Where not all locks are known, whoever holds any lock for long is a doubt. Pure.
 */
export function judgeLongTransactions(activity: Known<Activity>, rehearsed: Rehearsed, maxSeconds: number, isStandby: boolean): PreflightFinding {
  if (!isKnown(activity)) return unknown(check, `Production’s sessions could not be read: ${activity.unknown}.`);
  if (isStandby) return unknown(check, 'This is a standby: it knows nothing of the primary’s sessions.', { cure: 'Name the primary in preflight.source.' });
  const { holders, snapshots, ages } = activity.value;
  const wanted = new Map(rehearsed.tables.map((table) => [table.table, table]));
  const against: string[] = [];
  const doubts: string[] = [];
  for (const holder of holders) {
    const table = wanted.get(holder.table);
    if (holder.isWraparoundVacuum && table !== undefined) {
      against.push(`Autovacuum (pid ${holder.pid}) works on ${holder.table} to prevent wraparound: it doesn’t give way to anybody.`);
      continue;
    }
    const ofCatalog = holder.table.startsWith('pg_catalog.');
    if (ofCatalog && !mustWait(changeOfCatalog, holder.modes)) continue;
    if (!ofCatalog && (table === undefined ? rehearsed.incomplete === undefined : !isInTheWay(table, holder))) continue;
    const said = tell(holder, maxSeconds);
    if (said === undefined) continue;
    const sentence = `${said.who} ${holder.waits ? 'holds or waits for' : 'holds'} ${words(holder)} on ${holder.table}${said.since}.`;
    (said.certain && (ofCatalog || table !== undefined) ? against : doubts).push(sentence);
  }
  if (rehearsed.waitsForSnapshots) {
    for (const holder of snapshots) {
      const said = tell(holder, maxSeconds);
      if (said === undefined) continue;
      // Where not everything was recorded, nobody knows whether anything is built CONCURRENTLY at all.
      const certain = said.certain && rehearsed.incomplete === undefined;
      (certain ? against : doubts).push(`${said.who} holds an old snapshot${said.since}: what is built CONCURRENTLY waits for its end.`);
    }
  }
  for (const { table, age, limit, of } of ages) {
    if (age >= limit)
      against.push(`${table} is due for a VACUUM to prevent wraparound of ${of} (age ${Math.round(age)} of ${limit}): it would keep the migrations waiting.`);
  }
  const cure = 'Wait until they end, or have whoever owns them end them.';
  if (against.length > 0) return noGo(check, summary(against.length, 'in the way of the migrations'), { reasons: [...against, ...doubts], cure });
  if (doubts.length > 0) {
    const hidden = rehearsed.incomplete ?? 'the age of other roles’ transactions is hidden from this role';
    return unknown(check, `${summary(doubts.length, 'perhaps in the way').replace(/\.$/, '')}: ${hidden}.`, {
      reasons: doubts,
      cure: 'Grant pg_monitor to the role that looks, or rehearse with the recorder on.',
    });
  }
  const what = rehearsed.incomplete === undefined ? `${countOf(rehearsed.tables.length, 'table')} to be locked` : 'any table of the database';
  return go(check, `Nobody has held a lock on ${what} for ${maxSeconds} s or longer that the migrations would wait for.`);
}

/** What whoever defines anything takes on the catalogs. */
const changeOfCatalog: readonly LockMode[] = ['RowExclusiveLock'];

/**
 * Rows that somebody has changed are waited for, though the tables' locks go together: by who changes the same rows, and by who refers to them, since a foreign
 * key locks the row that it names.
 */
function isInTheWay({ modes, changesRows }: TableToLock, holder: LockHolder): boolean {
  if (mustWait(modes, holder.modes)) return true;
  if (modes.includes('RowShareLock') && holder.modes.includes('RowExclusiveLock')) return true;
  return changesRows && holder.modes.some((mode) => mode === 'RowExclusiveLock' || mode === 'RowShareLock');
}

/** Undefined of one that is too young to matter. */
function tell(
  { pid, gid, user, application, state, ageSeconds }: SnapshotHolder,
  maxSeconds: number,
): { readonly who: string; readonly since: string; readonly certain: boolean } | undefined {
  const whose = user === null ? '' : ` of ${user}`;
  const since = ageSeconds === null ? '' : ` since ${Math.round(ageSeconds)} s`;
  if (pid === null) return { who: `The prepared transaction ${gid ?? 'that is hidden from us'}${whose}`, since, certain: true };
  const from = application === null || application === '' ? '' : ` (${application})`;
  const who = `Session ${pid}${whose}${from}${state === null ? '' : `, ${state},`}`;
  if (ageSeconds === null) return { who, since: ', nobody here knows since when', certain: false };
  return ageSeconds < maxSeconds ? undefined : { who, since, certain: true };
}

function words({ modes }: LockHolder): string {
  return modes
    .map((mode) =>
      mode
        .replace(/Lock$/, '')
        .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
        .toUpperCase(),
    )
    .join(', ');
}

function summary(number: number, what: string): string {
  return number === 1 ? `Somebody is ${what}.` : `${number} things are ${what}.`;
}
