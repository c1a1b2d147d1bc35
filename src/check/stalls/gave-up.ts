import { type Finding, findingId } from '../../core/finding.ts';
import type { RecordedStatement, Recording } from '../../core/recording.ts';
import type { TrafficReport } from '../../core/traffic.ts';
import { showDuration } from '../show-duration.ts';
import { stall as about } from './about.ts';

/** lock_not_available: lock_timeout, or NOWAIT. */
const lockTimeout = '55P03';
/** query_canceled, such as by statement_timeout. */
const cancelled = '57014';

/**
 * Whether migrations that failed did so because they gave up waiting for the long reader of the traffic, as a lock_timeout tells them to. That is what the
 * timeout is for, and no fault of theirs: whoever deploys tries again. Undefined where they failed for another reason.
 */
export function gaveUpBehindReader(recording: Recording, traffic: TrafficReport): Finding | undefined {
  const reader = traffic.sessions.find(({ kind }) => kind === 'long-reader');
  const failed = recording.statements.findLast(({ error }) => error?.sqlstate === lockTimeout || error?.sqlstate === cancelled);
  if (reader === undefined || failed === undefined) return undefined;
  const behind = recording.waits.some(
    ({ connection, blockedBy, fromMs, toMs }) =>
      connection === failed.connection && blockedBy.includes(reader.pid) && fromMs < failed.endedMs && toMs > failed.startedMs,
  );
  // NOWAIT, and a very short timeout, end a wait before a sample can show it. Nobody else on the clone keeps a lock.
  if (!behind && failed.error?.sqlstate !== lockTimeout) return undefined;
  return findingOf(failed, reader.name, traffic);
}

function findingOf({ migration, place, text, error, startedMs, endedMs }: RecordedStatement, reader: string, traffic: TrafficReport): Finding {
  const object = { kind: 'migration', name: migration ?? 'unknown' };
  const [worst] = traffic.stalls;
  return {
    id: findingId(about.check, object, 'gave-up'),
    check: about.check,
    phase: about.phase,
    severity: 'note',
    rootCause: 'lock',
    object,
    title: `${migration === undefined ? 'A statement' : `Migration ${migration}`} gave up after ${showDuration(endedMs - startedMs)} behind the ${reader}; without it, all was tried again`,
    detail: [
      `${error?.message ?? ''} (SQLSTATE ${error?.sqlstate ?? ''}): ${text.trim()}`,
      'That is what a timeout is for: meanwhile nobody had to wait for longer.',
      ...(worst === undefined ? [] : [`The longest that anybody waited: the ${worst.session}, ${showDuration(worst.toMs - worst.fromMs)}.`]),
    ].join('\n'),
    ...(migration === undefined ? {} : { migration }),
    ...(place === undefined ? {} : { place }),
    ...(error === undefined ? {} : { sql: error }),
    cure: 'See that whoever deploys tries again when it fails with lock_not_available (55P03); traffic.retries rehearses how often that takes.',
  };
}
