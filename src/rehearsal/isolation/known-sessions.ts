import type { Edge, RunRequest, SystemPort } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';

/** Told when the first program that has a database's own address starts, and when the last of them has ended. */
export interface ProgramListener {
  readonly port: number;
  begins(program: string): Promise<void>;
  ended(): Promise<void>;
}

/**
 * Which sessions a run has opened, on which database: everything in the run connects through `edge`. There are at most as many as attempts, and at least as many
 * as are certain to have come about: a log-in that is refused, or a request to cancel, is an attempt and no session.
 */
export class KnownSessions {
  readonly edge: Edge;
  readonly #attempts = new Map<string, number>();
  readonly #certain = new Map<string, number>();
  readonly #pids = new Map<string, Set<number>>();
  readonly #programs = new Map<string, number>();
  #listener: ProgramListener | undefined;

  constructor(edge: Edge) {
    const { postgres, system } = edge;
    this.edge = {
      ...edge,
      postgres: {
        ...postgres,
        connect: async (address, options) => {
          this.#tried(address);
          const connected = await postgres.connect(address, options);
          if (connected.ok) this.#came(address, connected.value.backendPid);
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
      system: {
        ...system,
        run: (request) => this.#around(request, () => system.run(request)),
      } satisfies SystemPort,
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

  /** Whether this run has opened a session of this process id there. */
  knows(address: Address, pid: number): boolean {
    return this.#pids.get(keyOf(address))?.has(pid) === true;
  }

  /** A session of somebody who was let through to a database, as the flight recorder saw it; 0: it came to none. */
  knowThrough(address: Address, pid: number): void {
    if (pid !== 0) this.#came(address, pid);
  }

  #came(address: Address, pid: number): void {
    increase(this.#certain, address);
    const known = this.#pids.get(keyOf(address)) ?? new Set();
    this.#pids.set(keyOf(address), known.add(pid));
  }

  /** Has programs told that get the address of this listener's port. */
  listen(listener: ProgramListener | undefined): void {
    this.#listener = listener;
    this.#programs.clear();
  }

  #tried(address: Address): void {
    increase(this.#attempts, address);
  }

  async #around<T>(request: RunRequest, run: () => Promise<T>): Promise<T> {
    const listener = this.#listener;
    if (listener === undefined || !reaches(request, listener.port)) return await run();
    const key = String(listener.port);
    const running = this.#programs.get(key) ?? 0;
    this.#programs.set(key, running + 1);
    if (running === 0) await listener.begins(request.command);
    try {
      return await run();
    } finally {
      const left = (this.#programs.get(key) ?? 1) - 1;
      this.#programs.set(key, left);
      if (left === 0) await listener.ended();
    }
  }
}

/** A program knows of a port of ours by what we put into its environment or arguments, and by nothing else. */
function reaches({ env = {}, args = [] }: RunRequest, port: number): boolean {
  const text = new RegExp(`(^|[:=])${port}($|\\D)`);
  return [...Object.values(env), ...args].some((value) => text.test(value));
}

function increase(counts: Map<string, number>, address: Address): void {
  counts.set(keyOf(address), (counts.get(keyOf(address)) ?? 0) + 1);
}

function keyOf({ host, port, database }: Address): string {
  return `${host}:${port}/${database}`;
}
