import type { CloudChoices } from '../core/cloud.ts';
import type { Emit } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import type { Context, Home } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import { openLedger } from '../ledger/file-ledger.ts';
import { findHome, leaveHome } from '../ledger/home.ts';

export interface ContextOptions {
  readonly emit?: Emit;
  readonly signal: AbortSignal;
  readonly jobs?: number | undefined;
  readonly cloud?: CloudChoices;
}

/** Those that this process has used. */
const homes = new Set<Home>();

/** What this process could not remove, by the id of its ledger line. */
const left = new Map<string, Failure>();

/** What should be gone and isn't: any of it makes the exit code 5, whatever else a command came to. */
export function leftBehind(): readonly Failure[] {
  return [...left.values()];
}

function heeding(emit: Emit): Emit {
  return (event) => {
    if (event.type === 'resource' && event.what === 'removed') left.delete(event.resource.id);
    if (event.type === 'resource' && event.what === 'not-removed' && event.failure !== undefined && !event.resource.kept)
      left.set(event.resource.id, event.failure);
    emit(event);
  };
}

/**
 * Builds what every room is handed: the real outside world, this machine's ledger, where to speak (nowhere unless given) and when to stop.
 *
 * Fails with `home-unsafe` when the folder for clones can't be used.
 */
export async function makeContext({ emit = () => {}, signal, jobs, cloud }: ContextOptions): Promise<Result<Context>> {
  // Drivers and clients come when a command needs them: help and version don't.
  const { makeEdge } = await import('../edge/make-edge.ts');
  const edge = makeEdge();
  const now = () => new Date();
  const home = await findHome(edge.system);
  if (!home.ok) return home;
  homes.add(home.value);
  const ledger = await openLedger(home.value, edge.system, now);
  if (!ledger.ok) return ledger;
  return ok({
    edge,
    home: home.value,
    ledger: ledger.value,
    emit: heeding(emit),
    signal,
    now,
    ...(jobs === undefined ? {} : { jobs }),
    ...(cloud === undefined ? {} : { cloud }),
  });
}

/** For the end of every command: folders of ours in which nothing is kept go, so that an unused machine looks as before. */
export async function leaveHomes(): Promise<void> {
  for (const home of homes) await leaveHome(home);
  homes.clear();
}
