import { rm } from 'node:fs/promises';
import type { Event } from '../../src/core/event.ts';
import type { Context, Home } from '../../src/core/ports.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { openLedger } from '../../src/ledger/file-ledger.ts';
import { findHome } from '../../src/ledger/home.ts';
import { makeFolder } from './temporary-folder.ts';

/** A context whose home is a folder of the test's own. What the test leaves in it is an error, and is removed. */
export async function withContext<T>(
  use: (context: Context & { readonly events: Event[]; readonly root: string }) => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  const root = makeFolder('pgr-home-');
  const { chmod } = await import('node:fs/promises');
  await chmod(root, 0o755);
  const context = await openContext(root, signal);
  try {
    const result = await use({ ...context, root });
    const left = await context.ledger.list();
    // Binaries and dumps are kept on purpose.
    const builds = left.filter(({ kind, kept }) => (kind === 'folder' || kind === 'dump') && kept);
    if (left.length > builds.length) throw new Error(`left behind: ${left.map(({ id }) => id).join(', ')}`);
    return result;
  } finally {
    const { collectGarbage } = await import('../../src/cluster/collect-garbage.ts');
    const lastDay = { ...context, signal: new AbortController().signal, now: () => new Date('2999-01-01') };
    for (const { id, kept } of await context.ledger.list()) if (!kept) await context.ledger.amend(id, { kept: true, expiresAt: '2000-01-01T00:00:00Z' });
    await collectGarbage(lastDay, { dryRun: false });
    await rm(root, { recursive: true, force: true });
  }
}

/** A context on an existing home folder, as another run of the program would have it. */
export async function openContext(
  root: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Context & { readonly events: Event[]; readonly home: Home }> {
  const edge = makeEdge();
  const system = { ...edge.system, environment: (name: string) => (name === 'PGREHEARSE_HOME' ? root : edge.system.environment(name)) };
  const home = await findHome(system);
  if (!home.ok) throw new Error(home.failure.message);
  const now = () => new Date();
  const ledger = await openLedger(home.value, system, now);
  if (!ledger.ok) throw new Error(ledger.failure.message);
  const events: Event[] = [];
  return { edge: { ...edge, system }, ledger: ledger.value, home: home.value, emit: (event) => events.push(event), signal, now, events };
}
