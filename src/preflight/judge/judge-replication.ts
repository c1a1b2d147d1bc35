import { countOf } from '../../core/count-of.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Known } from '../../core/production.ts';
import { showBytes } from '../../core/show-bytes.ts';
import { go, noGo, notApplicable, unknown } from '../finding.ts';
import { type ArchiverState, type ReplicaState, type Replication, unremarkableBytes } from '../read/read-replication.ts';
import type { ServerState } from '../read/read-server.ts';

/** Do replicas and slots keep up, so that what the migrations write can't fill the disk or leave a replica behind? Pure. */
export function judgeReplication(
  read: Known<Replication>,
  { maxReplicaLagSeconds, maxSlotBytes }: { readonly maxReplicaLagSeconds: number; readonly maxSlotBytes: number },
): PreflightFinding {
  if (!isKnown(read)) return unknown('replication', `Slots and replicas could not be read: ${read.unknown}.`);
  const { slots, replicas, synchronousNames } = read.value;
  const against: string[] = [];
  for (const { name, kind, active, retainedBytes, walStatus } of slots) {
    const held = retainedBytes === null ? '' : ` and holds back ${showBytes(retainedBytes)} of WAL`;
    if (!active) against.push(`The ${kind} slot ${name} is inactive${held}: the server keeps all WAL for it, also what the migrations write.`);
    else if (walStatus === 'lost' || walStatus === 'unreserved') against.push(`The slot ${name} is ${walStatus}: its reader has lost WAL, or is about to.`);
    else if ((retainedBytes ?? 0) > maxSlotBytes) against.push(`The slot ${name} holds back ${showBytes(retainedBytes ?? 0)} of WAL.`);
  }
  const doubts: string[] = [];
  for (const replica of replicas) {
    const said = judgeReplica(replica, maxReplicaLagSeconds, maxSlotBytes);
    if (said !== undefined) (said.certain ? against : doubts).push(said.sentence);
  }
  const wanted = synchronousWanted(synchronousNames);
  const there = replicas.filter(({ sync, state }) => state === 'streaming' && (sync === 'sync' || sync === 'quorum')).length;
  const hidden = replicas.filter(({ state }) => state === null).length;
  if (there + hidden < wanted)
    against.push(`Each commit waits for ${countOf(wanted, 'replica')} of synchronous_standby_names, and ${there === 1 ? 'one is' : `${there} are`} there.`);
  if (against.length > 0) {
    return noGo('replication', against.length === 1 ? (against[0] ?? '') : `${against.length} slots or replicas don’t keep up.`, {
      reasons: [...against, ...doubts],
      cure: 'Bring the replicas up to date, and drop slots that nobody reads any more.',
    });
  }
  if (doubts.length > 0)
    return unknown('replication', 'How far behind replicas are is hidden from this role.', {
      reasons: doubts,
      cure: 'Grant pg_monitor to the role that looks.',
    });
  if (slots.length + replicas.length === 0) return go('replication', 'There are no slots, and no replica is connected.');
  return go('replication', `${countOf(slots.length, 'slot')} and ${countOf(replicas.length, 'replica')} keep up.`);
}

/** What there is to say against a replica, or to doubt of it. */
function judgeReplica(
  { name, state, lagSeconds, lagBytes, standsStill }: ReplicaState,
  maxSeconds: number,
  maxBytes: number,
): { readonly sentence: string; readonly certain: boolean } | undefined {
  const against = (what: string) => ({ sentence: `The replica ${name ?? 'without a name'} ${what}.`, certain: true });
  if (state === null) return { ...against('is hidden from this role'), certain: false };
  if (state === 'backup') return undefined;
  if (state !== 'streaming') return against(`is in state ${state}`);
  // A lag in time stays as it was when nothing is written any more; one of bytes doesn't.
  if ((lagSeconds ?? 0) > maxSeconds && (lagBytes ?? 1) > 0) return against(`is ${Math.round(lagSeconds ?? 0)} s behind`);
  // One that has stopped replaying gives no time at all, or goes on giving its last.
  if ((lagBytes ?? 0) > maxBytes) return against(`is ${showBytes(lagBytes ?? 0)} of WAL behind`);
  if ((lagSeconds === null || standsStill) && (lagBytes ?? 0) > unremarkableBytes)
    return { ...against(`is ${showBytes(lagBytes ?? 0)} of WAL behind, nobody here knows since when`), certain: false };
  return undefined;
}

/** How many replicas have to confirm a commit: `FIRST 2 (a, b, c)`, `ANY 1 (*)`, `2 (a, b)`, or a plain list, of which one has to. */
function synchronousWanted(names: string): number {
  if (names.trim() === '') return 0;
  return Number(/^\s*(?:(?:first|any)\s+)?(\d+)\s*\(/i.exec(names)?.[1] ?? 1);
}

/** How long a whole file of WAL may wait where it isn't known whether the archiver is at it. */
const archivingPatienceMs = 5 * 60_000;

/** Is WAL being archived? A command that hangs fails as little as one that works: what was written since counts. Pure. */
export function judgeArchiving(server: Known<ServerState>, archiver: Known<ArchiverState>, maxWaitingBytes: number): PreflightFinding {
  if (!isKnown(server)) return unknown('wal-archiving', `The server could not be asked: ${server.unknown}.`);
  if (server.value.archiveMode === 'off') return notApplicable('wal-archiving', 'archive_mode is off: this server archives no WAL by itself.');
  if (!isKnown(archiver)) return unknown('wal-archiving', `pg_stat_archiver could not be read: ${archiver.unknown}.`);
  const { lastArchived, lastFailed, lastFailedFile, waitingBytes, segmentBytes } = archiver.value;
  if (lastFailed !== null && (lastArchived === null || Date.parse(lastFailed) > Date.parse(lastArchived))) {
    return noGo('wal-archiving', `Archiving fails: last for ${lastFailedFile ?? 'a file'} at ${lastFailed}.`, {
      cure: 'Mend archive_command; the server keeps all WAL until it works.',
    });
  }
  if (lastArchived === null)
    return unknown('wal-archiving', 'Nothing was archived since statistics were reset.', { cure: 'Look whether archive_command works.' });
  const waiting = waitingBytes ?? 0;
  const cure = 'Look whether archive_command hangs or is too slow.';
  if (waiting > maxWaitingBytes)
    return noGo('wal-archiving', `${showBytes(waiting)} of WAL wait for being archived; the last was at ${lastArchived}.`, { cure });
  if (waiting >= segmentBytes && Date.parse(server.value.now) - Date.parse(lastArchived) > archivingPatienceMs)
    return unknown('wal-archiving', `A whole file of WAL waits for being archived, and the last was at ${lastArchived}.`, { cure });
  return go('wal-archiving', `WAL was archived last at ${lastArchived}, and nothing has failed since.`);
}
