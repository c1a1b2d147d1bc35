import { readdirSync, readFileSync } from 'node:fs';
import type { ProveReady } from '../../src/cloud/tunnel/open-tunnel.ts';
import { type Context, resourceVariable } from '../../src/core/ports.ts';
import { ok } from '../../src/core/result.ts';
import type { Address } from '../../src/core/server.ts';
import { withContext } from './with-context.ts';

/** Proves a way by what only the server behind it can answer. */
export function proveBy(context: Pick<Context, 'edge' | 'signal'>, address: Address): ProveReady {
  return async ({ host, port }) => {
    const connected = await context.edge.postgres.connect({ ...address, hostAddress: host, port }, { signal: context.signal });
    if (!connected.ok) return connected;
    await using session = connected.value;
    await session.query('select 1');
    return ok();
  };
}

/** A pace at which nothing is given up because a machine is slow, and nothing is waited for that comes by itself. */
export const patient = { openMs: 120_000, refusedMs: 0, keepAliveMs: 60_000, exchangeMs: 60_000, pauseMs: 10 } as const;

type TestContext = Parameters<Parameters<typeof withContext>[0]>[0];

/** A context in which tunnels are opened; one that leaves a program behind is an error. */
export async function withTunnels(use: (context: TestContext) => Promise<void>): Promise<void> {
  await withContext(async (context) => {
    await use(context);
    const left = processesOf(context);
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    if (left.length > 0) throw new Error(`left behind: ${left.map(({ commandLine }) => commandLine).join('; ')}`);
  });
}

interface FoundProcess {
  readonly pid: number;
  readonly commandLine: string;
  readonly environment: readonly string[];
}

/** The programs of a context's tunnels. */
export function processesOf({ events }: Pick<TestContext, 'events'>): readonly FoundProcess[] {
  const ids = events.flatMap((event) => (event.type === 'resource' && event.what === 'planned' ? [event.resource.id] : []));
  return ids.flatMap(markedProcesses);
}

/** Every process that carries the mark of a resource. */
export function markedProcesses(id: string): readonly FoundProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (!environment.includes(`${resourceVariable}=${id}`)) return [];
      return [{ pid: Number(name), commandLine: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' '), environment }];
    } catch {
      return [];
    }
  });
}
