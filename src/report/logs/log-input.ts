import type { Event } from '../../core/event.ts';
import type { JournalEntry } from '../../core/evidence.ts';
import type { GateResult } from '../../core/gate.ts';
import type { RunSummary } from '../../core/run-summary.ts';

/** All that a log is made from. */
export interface LogInput {
  readonly summary: RunSummary;
  readonly entries: readonly JournalEntry[];
}

/** What a log says below its head. */
export interface LogBody {
  /** Absent: it was done. Else why not, a clause: `the run ended before that, in fidelity`. */
  readonly notDone?: string;
  /** The gates that judged it; with none of them the log says that nobody judged. */
  readonly gates: readonly GateResult[];
  /** What somebody might expect of this log and doesn't find in it, in a few words each. */
  readonly missing?: readonly string[];
  readonly lines: readonly string[];
}

/** The events of a kind, with the times at which they were said. */
export function eventsOf<T extends Event['type']>(
  entries: readonly JournalEntry[],
  type: T,
): readonly { readonly at: string; readonly event: Extract<Event, { type: T }> }[] {
  return entries.flatMap(({ at, event }) => (event.type === type ? [{ at, event: event as Extract<Event, { type: T }> }] : []));
}

/** Gates by name or by the first part of it. */
export function gatesNamed({ gates }: RunSummary, ...names: readonly string[]): readonly GateResult[] {
  return gates.filter(({ gate }) => names.some((name) => gate === name || gate.startsWith(`${name}:`)));
}

/** Why something was not done: the run didn't get there, or nobody asked for it. */
export function whyNot({ phases, finished }: RunSummary, phase: string, unless: string): string {
  const ran = phases.find((one) => one.phase === phase);
  if (ran !== undefined && ran.outcome !== 'not-run') return unless;
  const last = phases.findLast((one) => one.outcome !== 'not-run' && one.phase !== 'verdict');
  return `the run ended before that${last === undefined ? '' : `, in phase ${last.phase}: ${last.summary}`}${finished ? '' : ' (it has no end in its record)'}`;
}

/** Why nothing was compared or stamped at the anchor. */
export function whyNotAnchored(summary: RunSummary): string {
  const ran = summary.phases.find(({ phase }) => phase === 'lineage');
  const ended = ran?.outcome === 'failed' || ran?.outcome === 'inconclusive';
  return ended ? `phase lineage ended before that: ${ran.summary}` : whyNot(summary, 'lineage', 'no anchor is configured (anchor.revision)');
}
