import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { ObjectName } from '../../core/object-name.ts';
import type { RecordedStatement, Recording } from '../../core/recording.ts';
import type { Stall } from '../../core/traffic.ts';
import { showDuration } from '../show-duration.ts';
import { stall as about } from './about.ts';
import { showNames } from './show-names.ts';
import type { StallsInput } from './stalls-input.ts';

/** Why somebody had to wait. */
type Cause = 'held' | 'queued' | 'unknown';

/** A stall that was too long, with why it was. */
interface TooLong {
  readonly stall: Stall;
  readonly cause: Cause;
  /** The migration's statement that stood in the way. */
  readonly statement: RecordedStatement | undefined;
}

/** A finding for each cause and migration of stalls that were too long. What several tables met is one finding, since it has one cause: the worst is told. */
export function stalledTables({ report, recording, settings }: StallsInput): readonly Finding[] {
  const policy = settings.record.checks.stall;
  if (policy === 'off') return [];
  const { stallMs } = settings.record.limits;
  const tooLong = report.stalls
    .filter((stall) => stall.toMs - stall.fromMs >= stallMs)
    .map((stall): TooLong => {
      const cause = causeOf(stall, stallMs);
      return { stall, cause, statement: cause === 'unknown' ? undefined : statementOf(stall, recording) };
    });
  const groups = Map.groupBy(tooLong, ({ cause, statement }) => `${cause} ${statement?.migration ?? ''}`);
  const findings = [...groups.values()].flatMap((group) =>
    findingOf(group, severityOf(group[0]?.cause, policy, settings.traffic.queued, recording), recording),
  );
  // Two migrations may have stalled the same table.
  const used = new Map<string, number>();
  return findings.map((finding) => {
    const times = (used.get(finding.id) ?? 0) + 1;
    used.set(finding.id, times);
    return times === 1 ? finding : { ...finding, id: `${finding.id}:${times}` };
  });
}

/** Held: what is left after the time for which the blocker itself had to wait is still too long. */
function causeOf(stall: Stall, limitMs: number): Cause {
  if (stall.chain.length === 0) return 'unknown';
  const heldMs = stall.toMs - stall.fromMs - (stall.queuedMs ?? 0);
  return heldMs >= limitMs ? 'held' : 'queued';
}

function severityOf(cause: Cause | undefined, policy: 'blocker' | 'warning' | 'note', queued: 'fail' | 'report', recording: Recording): Severity {
  if (cause === 'held' || (cause === 'queued' && queued === 'fail')) return policy;
  if (cause === 'queued') return policy === 'note' ? 'note' : 'warning';
  // A wait for a lock of that length is seen. Where locks couldn't be looked at, nobody knows.
  const blind = recording.unobserved.some(({ what }) => what === 'locks' || what === 'lock-times');
  return blind && policy === 'blocker' ? 'doubt' : policy === 'note' ? 'note' : 'warning';
}

function findingOf(group: readonly TooLong[], severity: Severity, recording: Recording): readonly Finding[] {
  // The worst come first.
  const [worst] = group;
  if (worst === undefined) return [];
  const { stall, cause, statement } = worst;
  const durationMs = stall.toMs - stall.fromMs;
  const objects = [...new Set(group.map((one) => objectOf(one.stall).name))].toSorted();
  const object = group.map((one) => objectOf(one.stall)).find(({ name }) => name === objects[0]) ?? objectOf(stall);
  const time = `${stall.unfinished === true ? 'at least ' : ''}${showDuration(durationMs)}`;
  const [who, howLong] = objects.length === 1 ? [`The ${stall.session}`, time] : [`Sessions on ${showNames(objects)}`, `up to ${time}`];
  const migration = statement?.migration === undefined ? 'the migrations' : `migration ${statement.migration}`;
  const titles: Record<Cause, string> = {
    held: `${who} had to wait ${howLong} for a lock that ${migration} held`,
    queued: `${who} had to wait ${howLong} behind ${migration}, which waited for a lock without giving up`,
    unknown: `${who} took ${howLong}, and ${objects.length === 1 ? 'wasn’t' : 'weren’t'} seen waiting for a lock`,
  };
  return [
    {
      id: findingId(about.check, object, cause),
      check: about.check,
      phase: about.phase,
      severity,
      rootCause: 'lock',
      object,
      title: titles[cause],
      detail: [
        ...(stall.chain.length === 0 ? [] : [`Who waited for whom: ${showChain(stall, recording)}.`]),
        `It ran: ${stall.statement}`,
        ...(cause === 'unknown' ? ['The machine may have been busy: look at what else ran on it.'] : []),
        ...((stall.queuedMs ?? 0) > 0 ? [`Of the ${showDuration(durationMs)}, ${showDuration(stall.queuedMs ?? 0)} passed before the lock was granted.`] : []),
        ...(objects.length === 1 ? [] : [`The longest on each: ${longestOf(group, objects)}.`]),
      ].join('\n'),
      ...(statement?.migration === undefined ? {} : { migration: statement.migration }),
      ...(statement?.place === undefined ? {} : { place: statement.place }),
      cure: cause === 'queued' ? queuedCure : about.cure,
      ...(cause === 'queued'
        ? { advice: { statements: ["set lock_timeout = '2s'", ...(statement === undefined ? [] : [statement.text])], notes: [retryNote] } }
        : {}),
    },
  ];
}

function objectOf({ table, session }: Stall): ObjectName {
  return table === undefined ? { kind: 'session', name: session } : { kind: 'table', name: table };
}

/** `public.invoice 5.0 s, public.payment 4.2 s` */
function longestOf(group: readonly TooLong[], objects: readonly string[]): string {
  return objects
    .map((name) => {
      const times = group.filter(({ stall }) => objectOf(stall).name === name).map(({ stall }) => stall.toMs - stall.fromMs);
      return `${name} ${showDuration(Math.max(...times))}`;
    })
    .join(', ');
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
