import type { RecordedStatement, Wait } from '../../core/recording.ts';
import type { Stall } from '../../core/traffic.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showDuration } from '../show-duration.ts';
import { stall } from './about.ts';

export const stallCheck: RecordingCheck = { about: stall, rootCause: 'lock', judge: judgeStalls };

/** Traffic that had to wait for longer than the limit, with who stood before it. */
function judgeStalls(run: RecordedRun): readonly Sighting[] {
  const { stallMs, briefLockMs } = run.settings.limits;
  return (run.traffic?.stalls ?? []).flatMap((found): readonly Sighting[] => {
    const waitedMs = found.toMs - found.fromMs;
    if (waitedMs < Math.min(stallMs, briefLockMs)) return [];
    const statement = culprit(run, found);
    const chain = found.chain.map((wait) => describe(run, wait)).join(' ← ');
    return [
      {
        weight: waitedMs >= stallMs ? 'full' : 'less',
        object: { kind: found.table === undefined ? 'session' : 'table', name: found.table ?? found.session },
        property: found.session,
        title: `The ${found.session} was stalled for ${showDuration(waitedMs)}`,
        detail: [
          `${showStatement({ text: found.statement })} waited.`,
          statement === undefined ? '' : `Meanwhile ran ${showStatement(statement)}.`,
          chain === '' ? 'No lock was seen that it waited for.' : `Who waited for whom: ${chain}.`,
        ]
          .filter((sentence) => sentence !== '')
          .join(' '),
        ...(statement === undefined ? {} : { statement }),
      },
    ];
  });
}

/** The migration's statement that stands in the chain; else the one that took most of the time. */
function culprit(run: RecordedRun, { fromMs, toMs, chain }: Stall): RecordedStatement | undefined {
  const pids = new Set(chain.flatMap(({ blockedBy }) => blockedBy));
  const connections = new Set(run.recording.connections.filter(({ pid }) => pids.has(pid)).map(({ id }) => id));
  const overlap = ({ startedMs, endedMs }: RecordedStatement) => Math.min(endedMs, toMs) - Math.max(startedMs, fromMs);
  const candidates = run.recording.statements.filter((one) => overlap(one) > 0 && (connections.size === 0 || connections.has(one.connection)));
  return candidates.toSorted((a, b) => overlap(b) - overlap(a))[0];
}

function describe(run: RecordedRun, { pid, session, connection, relation, mode, fromMs, toMs, blockedBy }: Wait): string {
  const who = session ?? (connection === undefined ? `session ${pid}` : 'the migration');
  const on = relation === undefined ? '' : ` on ${run.nameOf(relation)}`;
  return `${who} waited ${showDuration(toMs - fromMs)} for ${mode}${on} behind ${blockedBy.join(', ')}`;
}
