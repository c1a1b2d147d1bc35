import type { Edge } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';

/**
 * Which sessions a run has opened, on which database: everything in the run connects through `edge`. There are at most as many as attempts, and at least as many
 * as are certain to have come about: a log-in that is refused, or a request to cancel, is an attempt and no session.
 */
export class KnownSessions {
  readonly edge: Edge;
  readonly #attempts = new Map<string, number>();
  readonly #certain = new Map<string, number>();
  /** The processes of each database, and when the first session of each was asked for. */
  readonly #pids = new Map<string, Map<number, number>>();

  constructor(edge: Edge) {
    const { postgres } = edge;
    this.edge = {
      ...edge,
      postgres: {
        ...postgres,
        connect: async (address, options) => {
          this.#tried(address);
          const askedAt = performance.now();
          const connected = await postgres.connect(address, options);
          if (connected.ok) this.knowThrough(address, connected.value.backendPid, askedAt);
          return connected;
        },
        openWire: (address, signal) => {
          this.#tried(address);
          return postgres.openWire(address, signal);
        },
        pgDumpFor: async (major, prefer) => {
          const found = await postgres.pgDumpFor(major, prefer);
          if (!found.ok) return found;
          const dump = found.value;
          const dumpSchema: typeof dump.dumpSchema = async (address, ...rest) => {
            this.#tried(address);
            const dumped = await dump.dumpSchema(address, ...rest);
            if (dumped.ok) increase(this.#certain, address);
            return dumped;
          };
          return { ok: true, value: { ...dump, dumpSchema } };
        },
      },
    };
  }

  /** How often this run has tried to connect to a database, so far. */
  attempts(address: Address): number {
    return this.#attempts.get(keyOf(address)) ?? 0;
  }

  /** How many of those attempts became sessions for certain, so far. */
  certain(address: Address): number {
    return this.#certain.get(keyOf(address)) ?? 0;
  }

  /**
   * Whether this run has opened a session of this process id there.
   *
   * @param before only if it was asked for before then, as performance.now() said: process ids come again
   */
  knows(address: Address, pid: number, before = Number.POSITIVE_INFINITY): boolean {
    const askedAt = this.#pids.get(keyOf(address))?.get(pid);
    return askedAt !== undefined && askedAt < before;
  }

  /**
   * A session of this run, or of somebody who was let through to a database on its behalf; process id 0: it came to none.
   *
   * @param askedAt when it was asked for, where that is known
   * @param isCounted false: the server doesn't count it, since it replicates
   */
  knowThrough(address: Address, pid: number, askedAt = Number.NEGATIVE_INFINITY, isCounted = true): void {
    if (pid === 0) return;
    if (isCounted) increase(this.#certain, address);
    const known = this.#pids.get(keyOf(address)) ?? new Map<number, number>();
    known.set(pid, Math.min(askedAt, known.get(pid) ?? askedAt));
    this.#pids.set(keyOf(address), known);
  }

  #tried(address: Address): void {
    increase(this.#attempts, address);
  }
}

function increase(counts: Map<string, number>, address: Address): void {
  counts.set(keyOf(address), (counts.get(keyOf(address)) ?? 0) + 1);
}

function keyOf({ host, port, database }: Address): string {
  return `${host}:${port}/${database}`;
}
