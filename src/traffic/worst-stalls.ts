import type { Recording, Wait } from '../core/recording.ts';
import type { Stall, TrafficReport } from '../core/traffic.ts';

type Seen = Pick<Recording, 'waits' | 'connections'>;

/**
 * The stalls of a report with who blocked whom, worst first. Pure; a stall whose session wasn't seen waiting for a lock keeps an empty chain.
 *
 * @example worstStalls(report, recording)[0] // { session: 'reader of public.invoice', chain: [reader's wait, ALTER's wait], heldBy: { session: 'long reader of …' } }
 */
export function worstStalls(report: TrafficReport, recording: Seen): readonly Stall[] {
  return report.stalls.map((stall) => explained(stall, report, recording)).toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs));
}

function explained(stall: Stall, report: TrafficReport, recording: Seen): Stall {
  const pid = report.sessions.find(({ name }) => name === stall.session)?.pid;
  const names = new Map(report.sessions.map((session) => [session.pid, session.name]));
  const chain = chainOf(stall, pid, recording.waits);
  const last = chain.at(-1);
  const first = chain[0];
  if (last === undefined || first === undefined) return { ...stall, chain };
  const holder = holderOf(
    last.blockedBy.filter((blocker) => !chain.some((wait) => wait.pid === blocker)),
    report,
    recording,
  );
  const connection = recording.connections.find((one) => one.pid === holder)?.id;
  const session = holder === undefined ? undefined : names.get(holder);
  return {
    ...stall,
    chain: chain.map((wait) => (names.has(wait.pid) ? { ...wait, session: names.get(wait.pid) ?? '' } : wait)),
    queuedMs: waitedMs(first.blockedBy, stall, recording.waits),
    ...(holder === undefined
      ? {}
      : { heldBy: { pid: holder, ...(connection === undefined ? {} : { connection }), ...(session === undefined ? {} : { session }) } }),
  };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From the stalled session's longest wait to that of whoever blocked it, as long as that one waited itself for most of the time. */
function chainOf(stall: Span, pid: number | undefined, waits: readonly Wait[]): readonly Wait[] {
  const chain: Wait[] = [];
  let span: Span = stall;
  let next = pid === undefined ? undefined : longest([pid], span, waits);
  // A deadlock is a ring.
  while (next !== undefined && !chain.some((wait) => wait.pid === next?.pid)) {
    chain.push(next);
    span = shared(span, next);
    const lasting: Span = span;
    const waiting: readonly Wait[] = next.blockedBy.flatMap((blocker) => {
      const wait = longest([blocker], lasting, waits);
      return wait !== undefined && lengthOf(shared(lasting, wait)) * 2 > lengthOf(lasting) ? [wait] : [];
    });
    // Somebody who blocks without waiting is the end of it.
    next = waiting.length < next.blockedBy.length ? undefined : waiting.toSorted((a, b) => lengthOf(shared(lasting, b)) - lengthOf(shared(lasting, a)))[0];
  }
  return chain;
}

/** Of several who hold what is waited for: the long reader, else the migration, else anybody; the other sessions of the traffic come and go. */
function holderOf(pids: readonly number[], { sessions }: TrafficReport, { connections }: Seen): number | undefined {
  const rank = (pid: number) => {
    const kind = sessions.find((session) => session.pid === pid)?.kind;
    if (kind === 'long-reader') return 0;
    if (connections.some((connection) => connection.pid === pid)) return 1;
    return kind === undefined ? 2 : 3;
  };
  return pids.toSorted((a, b) => rank(a) - rank(b))[0];
}

function waitedMs(pids: readonly number[], span: Span, waits: readonly Wait[]): number {
  const spans = waits.filter(({ pid }) => pids.includes(pid)).map((wait) => shared(span, wait));
  let [total, until] = [0, Number.NEGATIVE_INFINITY];
  for (const { fromMs, toMs } of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    total += Math.max(0, toMs - Math.max(fromMs, until));
    until = Math.max(until, toMs);
  }
  return total;
}

function longest(pids: readonly number[], span: Span, waits: readonly Wait[]): Wait | undefined {
  const fitting = waits.filter((wait) => pids.includes(wait.pid) && lengthOf(shared(span, wait)) > 0);
  return fitting.toSorted((a, b) => lengthOf(shared(span, b)) - lengthOf(shared(span, a)))[0];
}

/** The time that two spans have in common; of negative length where they have none. */
function shared(a: Span, b: Span): Span {
  return { fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs) };
}

function lengthOf({ fromMs, toMs }: Span): number {
  return toMs - fromMs;
}
