import type { Event } from '../../src/core/event.ts';
import type { Context, Ledger } from '../../src/core/ports.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';

/** The real outside world for a room that makes nothing which needs a ledger line; what it says is kept in `events`. */
export function testContext(signal: AbortSignal = new AbortController().signal): Context & { readonly events: Event[] } {
  const events: Event[] = [];
  const nothing = (): never => {
    throw new Error('this test makes nothing that a ledger should know');
  };
  const ledger: Ledger = {
    plan: nothing,
    amend: nothing,
    takeOver: nothing,
    forget: nothing,
    list: nothing,
    damaged: nothing,
    oneAtATime: nothing,
    sweepLock: nothing,
  };
  return {
    edge: makeEdge(),
    ledger,
    home: { data: '/', state: '/', sockets: '/' },
    emit: (event) => events.push(event),
    signal,
    now: () => new Date(),
    events,
  };
}
