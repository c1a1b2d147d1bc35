import type { Wait } from '../../core/recording.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import type { SampledWait } from '../sampler.ts';
import type { ConnectionDraft, StatementDraft } from './drafts.ts';
import { seenDuring } from './seen-during.ts';

/** The waits that samples showed, with how far off their times may be. A wait of a statement of the migration can't outlast it. */
export function findWaits(
  samples: readonly SampledWait[],
  connections: readonly ConnectionDraft[],
  statements: readonly StatementDraft[],
  zero: number,
): readonly (Wait & { readonly statement?: StatementDraft })[] {
  return samples
    .map((sample) => {
      const { span } = sample;
      const firstMs = span.first - zero;
      const connection = connections.find(({ pid, openedMs, closedMs }) => pid === sample.pid && openedMs <= firstMs && span.asked - zero <= closedMs);
      const statement = connection && seenDuring(statements, connection.id, span, zero)[0];
      const gone = span.gone ?? span.last;
      const began = sample.startedAt === undefined ? (span.notYet + span.first) / 2 : Math.min(sample.startedAt, span.first);
      const fromMs = Math.max(began - zero, statement?.startedMs ?? 0);
      const toMs = Math.max(fromMs, Math.min((span.last + gone) / 2 - zero, statement?.endedMs ?? Number.POSITIVE_INFINITY));
      return {
        pid: sample.pid,
        mode: sample.mode,
        fromMs,
        toMs,
        blockedBy: sample.blockedBy,
        withinMs: Math.max((gone - span.last) / 2, sample.startedAt === undefined ? (span.first - span.notYet) / 2 : 0),
        ...withoutUndefined({
          connection: connection?.id,
          session: connection === undefined && sample.applicationName !== '' ? sample.applicationName : undefined,
          query: sample.query === '' ? undefined : sample.query,
          relation: sample.relation,
          statement,
        }),
      };
    })
    .sort((a, b) => a.fromMs - b.fromMs || a.pid - b.pid);
}
