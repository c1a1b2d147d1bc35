import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { RecordedStatement, Recording } from '../../core/recording.ts';
import type { Stall } from '../../core/traffic.ts';
import { showDuration } from '../show-duration.ts';
import { stall as about } from './about.ts';
import type { StallsInput } from './stalls-input.ts';

/** Why somebody had to wait. */
type Cause = 'held' | 'queued' | 'unknown';

/** A finding for each table and cause of a stall that was too long: the worst one. */
export function stalledTables({ report, recording, settings }: StallsInput): readonly Finding[] {
  const policy = settings.record.checks.stall;
  if (policy === 'off') return [];
  const found = new Map<string, Finding>();
  // The worst come first.
  for (const stall of report.stalls) {
    if (stall.toMs - stall.fromMs < settings.record.limits.stallMs) continue;
    const cause = causeOf(stall, settings.record.limits.stallMs);
    const object = stall.table === undefined ? { kind: 'session', name: stall.session } : { kind: 'table', name: stall.table };
    const id = findingId(about.check, object, cause);
    if (!found.has(id)) found.set(id, { ...findingOf(stall, cause, recording), id, object, severity: severityOf(cause, policy, input(settings), recording) });
  }
  return [...found.values()];
}

function input({ traffic }: StallsInput['settings']) {
  return traffic.queued;
}

/** Held: what is left after the time for which the blocker itself had to wait is still too long. */
function causeOf(stall: Stall, limitMs: number): Cause {
  if (stall.chain.length === 0) return 'unknown';
  const heldMs = stall.toMs - stall.fromMs - (stall.queuedMs ?? 0);
  return heldMs >= limitMs ? 'held' : 'queued';
}

function severityOf(cause: Cause, policy: 'blocker' | 'warning' | 'note', queued: 'fail' | 'report', recording: Recording): Severity {
  if (cause === 'held' || (cause === 'queued' && queued === 'fail')) return policy;
  if (cause === 'queued') return policy === 'note' ? 'note' : 'warning';
  // A wait for a lock of that length is seen. Where locks couldn't be looked at, nobody knows.
  const blind = recording.unobserved.some(({ what }) => what === 'locks' || what === 'lock-times');
  return blind && policy === 'blocker' ? 'doubt' : policy === 'note' ? 'note' : 'warning';
}

function findingOf(stall: Stall, cause: Cause, recording: Recording): Omit<Finding, 'id' | 'object' | 'severity'> {
  const statement = cause === 'unknown' ? undefined : statementOf(stall, recording);
  const durationMs = stall.toMs - stall.fromMs;
  const time = `${stall.unfinished === true ? 'at least ' : ''}${showDuration(durationMs)}`;
  const who = `The ${stall.session}`;
  const migration = statement?.migration === undefined ? 'the migrations' : `migration ${statement.migration}`;
  const titles: Record<Cause, string> = {
    held: `${who} had to wait ${time} for a lock that ${migration} held`,
    queued: `${who} had to wait ${time} behind ${migration}, which waited for a lock without giving up`,
    unknown: `${who} took ${time}, and wasn’t seen waiting for a lock`,
  };
  return {
    check: about.check,
    phase: about.phase,
    rootCause: 'lock',
    title: titles[cause],
    detail: [
      ...(stall.chain.length === 0 ? [] : [`Who waited for whom: ${showChain(stall, recording)}.`]),
      `It ran: ${stall.statement}`,
      ...(cause === 'unknown' ? ['The machine may have been busy: look at what else ran on it.'] : []),
      ...((stall.queuedMs ?? 0) > 0 ? [`Of the ${showDuration(durationMs)}, ${showDuration(stall.queuedMs ?? 0)} passed before the lock was granted.`] : []),
    ].join('\n'),
    ...(statement?.migration === undefined ? {} : { migration: statement.migration }),
    ...(statement?.place === undefined ? {} : { place: statement.place }),
    cure: cause === 'queued' ? queuedCure : about.cure,
    ...(cause === 'queued'
      ? { advice: { statements: ["set lock_timeout = '2s'", ...(statement === undefined ? [] : [statement.text])], notes: [retryNote] } }
      : {}),
  };
}

const queuedCure =
  'Set a lock_timeout before statements that need a strong lock, and run the migration again when it fails with lock_not_available (55P03): then nobody queues for longer than that.';
const retryNote = 'Try it: traffic.retries rehearses a lock_timeout with retries on a clone of its own.';

/** The migration's statement that stood in the way for most of the stall. */
function statementOf(stall: Stall, recording: Recording): RecordedStatement | undefined {
  const pids = new Set([...stall.chain.flatMap(({ blockedBy }) => blockedBy), ...stall.chain.map(({ pid }) => pid)]);
  const connections = new Set(recording.connections.filter(({ pid }) => pids.has(pid)).map(({ id }) => id));
  const shared = ({ startedMs, endedMs }: RecordedStatement) => Math.min(endedMs, stall.toMs) - Math.max(startedMs, stall.fromMs);
  const candidates = recording.statements.filter((statement) => connections.has(statement.connection) && shared(statement) > 0);
  return candidates.toSorted((a, b) => shared(b) - shared(a))[0];
}

/**
 * `reader of public.invoice → alter table invoice … (0007_paid) → long reader of public.invoice`
 */
export function showChain(stall: Stall, recording: Recording): string {
  const nameOf = (pid: number, session: string | undefined, query: string | undefined) => {
    if (session !== undefined && !recording.connections.some((one) => one.pid === pid)) return session;
    return query === undefined ? `session ${pid}` : firstLine(query);
  };
  const links = stall.chain.map(({ pid, session, query }) => nameOf(pid, session, query));
  const { heldBy } = stall;
  if (heldBy === undefined) return links.join(' → ');
  const holding = recording.statements.findLast(({ connection, startedMs }) => connection === heldBy.connection && startedMs <= stall.toMs);
  return [...links, nameOf(heldBy.pid, heldBy.session, holding?.text)].join(' → ');
}

function firstLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
