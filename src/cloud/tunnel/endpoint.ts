import type { Failure } from '../../core/failure.ts';
import type { Child, Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import type { Result } from '../../core/result.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds and numbers; for tests, and for networks that are slower than ours. */
export interface TunnelPace {
  /** Until the way must have been proven, once it was begun. */
  readonly openMs: number;
  /** For how long of it a far end that says "refused" is asked again: the name of a new server may have to get around. */
  readonly refusedMs: number;
  /** Between two tiny exchanges that keep a quiet session from being taken for an idle one. */
  readonly keepAliveMs: number;
  /** How long one of these may take; after three that fail in a row the way counts as broken. */
  readonly exchangeMs: number;
  /** How often a way that broke is opened again before it is given up; counted anew when it has held for `openMs`. */
  readonly reopenings: number;
  /** Before the first of them; doubled each time. */
  readonly pauseMs: number;
}

export const usualPace: TunnelPace = { openMs: 60_000, refusedMs: 15_000, keepAliveMs: 45_000, exchangeMs: 15_000, reopenings: 6, pauseMs: 1_000 };

/** One way through: a program of ours that listens on a port of 127.0.0.1. */
export interface Way {
  readonly port: number;
  /** Why what is behind isn't reached, as the program said it last. */
  readonly problem: () => Failure | undefined;
  /** Resolves when the program has ended, with the reason. */
  readonly over: Promise<Failure>;
  readonly child: Child;
}

/** How ways of one kind are made. */
export interface WayMaker {
  readonly kind: 'ssm' | 'ssh';
  /** For people: `bastion i-0123456789abcdef0`. */
  readonly through: string;
  /** What the ledger has to know beforehand. */
  readonly facts: Resource['facts'];
  /** Resolves when the program listens. What it makes carries the resource's id, so that it is found by it; a way that fails leaves its end to the caller. */
  begin(resource: Resource, signal: AbortSignal): Promise<Result<Way>>;
}

export type MakerOf<W> = (context: Context, wish: W, destination: Endpoint, pace: TunnelPace) => WayMaker;
