import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Known } from '../../core/production.ts';
import { countOf } from '../count-of.ts';
import { go, noGo, notApplicable, unknown } from '../finding.ts';
import type { ArchiverState, ReplicaState, SlotState } from '../read/read-replication.ts';
import type { ServerState } from '../read/read-server.ts';
import { showBytes } from '../show-bytes.ts';

/** Do replicas and slots keep up, so that what the migrations write can't fill the disk or leave a replica behind? Pure. */
export function judgeReplication(
  read: Known<{ readonly slots: readonly SlotState[]; readonly replicas: readonly ReplicaState[] }>,
  { maxReplicaLagSeconds, maxSlotBytes }: { readonly maxReplicaLagSeconds: number; readonly maxSlotBytes: number },
): PreflightFinding {
  if (!isKnown(read)) return unknown('replication', `Slots and replicas could not be read: ${read.unknown}.`);
  const { slots, replicas } = read.value;
  const against: string[] = [];
  for (const { name, kind, active, retainedBytes, walStatus } of slots) {
    const held = retainedBytes === null ? '' : ` and holds back ${showBytes(retainedBytes)} of WAL`;
    if (!active) against.push(`The ${kind} slot ${name} is inactive${held}: the server keeps all WAL for it, also what the migrations write.`);
    else if (walStatus === 'lost' || walStatus === 'unreserved') against.push(`The slot ${name} is ${walStatus}: its reader has lost WAL, or is about to.`);
    else if ((retainedBytes ?? 0) > maxSlotBytes) against.push(`The slot ${name} holds back ${showBytes(retainedBytes ?? 0)} of WAL.`);
  }
  const doubts: string[] = [];
  for (const { name, state, lagSeconds, lagBytes } of replicas) {
    if (state === null) doubts.push(`The replica ${name ?? 'without a name'} is hidden from this role.`);
    else if (state !== 'streaming' && state !== 'backup') against.push(`The replica ${name} is in state ${state}.`);
    // A lag in time stays as it was when nothing is written any more; one of bytes doesn't.
    else if ((lagSeconds ?? 0) > maxReplicaLagSeconds && (lagBytes ?? 1) > 0) against.push(`The replica ${name} is ${Math.round(lagSeconds ?? 0)} s behind.`);
  }
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
  if (slots.length + replicas.length === 0) return go('replication', 'There are no slots and no replicas.');
  return go('replication', `${countOf(slots.length, 'slot')} and ${countOf(replicas.length, 'replica')} keep up.`);
}

/** Is WAL being archived? Pure. */
export function judgeArchiving(server: Known<ServerState>, archiver: Known<ArchiverState>): PreflightFinding {
  if (!isKnown(server)) return unknown('wal-archiving', `The server could not be asked: ${server.unknown}.`);
  if (server.value.archiveMode === 'off') return notApplicable('wal-archiving', 'archive_mode is off: this server archives no WAL by itself.');
  if (!isKnown(archiver)) return unknown('wal-archiving', `pg_stat_archiver could not be read: ${archiver.unknown}.`);
  const { lastArchived, lastFailed, lastFailedFile } = archiver.value;
  if (lastFailed !== null && (lastArchived === null || Date.parse(lastFailed) > Date.parse(lastArchived))) {
    return noGo('wal-archiving', `Archiving fails: last for ${lastFailedFile ?? 'a file'} at ${lastFailed}.`, {
      cure: 'Mend archive_command; the server keeps all WAL until it works.',
    });
  }
  if (lastArchived === null)
    return unknown('wal-archiving', 'Nothing was archived since statistics were reset.', { cure: 'Look whether archive_command works.' });
  return go('wal-archiving', `WAL was archived last at ${lastArchived}, and nothing has failed since.`);
}
