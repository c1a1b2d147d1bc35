import type { Edge, Finished, PostgresPort, RunRequest, SystemPort } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import { showAddress } from '../../core/server.ts';
import type { Started, TranscriptKeeper } from './keep-transcript.ts';

type Keeper = Pick<TranscriptKeeper, 'statement' | 'command'>;

/** The same outside world, with everything that is sent to a database or started on this machine told to a transcript. */
export function transcribedEdge(edge: Edge, keeper: Keeper): Edge {
  return { ...edge, postgres: transcribedPostgres(edge.postgres, keeper), system: transcribedSystem(edge.system, keeper) };
}

function transcribedPostgres(postgres: PostgresPort, keeper: Keeper): PostgresPort {
  return {
    ...postgres,
    connect: (address, options = {}) => {
      const by = options.applicationName ?? 'pgrehearse';
      return postgres.connect(address, {
        ...options,
        onStatement: (sent) => {
          keeper.statement({ address, by, ...sent });
          options.onStatement?.(sent);
        },
      });
    },
    pgDumpFor: async (major, prefer) => {
      const found = await postgres.pgDumpFor(major, prefer);
      if (!found.ok) return found;
      const dump = found.value;
      return {
        ok: true,
        value: {
          ...dump,
          dumpSchema: async (address, request, signal) => {
            const startedAt = performance.now();
            const dumped = await dump.dumpSchema(address, request, signal);
            const outcome = dumped.ok ? 'exit code 0' : dumped.failure.code;
            const where = ['PGDATABASE', 'PGHOST', 'PGPORT', 'PGUSER'];
            keeper.command({
              argv: dump.argv(request),
              on: showAddress(address),
              environment: where,
              inherits: false,
              outcome,
              durationMs: performance.now() - startedAt,
            });
            return dumped;
          },
        },
      };
    },
  };
}

function transcribedSystem(system: SystemPort, keeper: Keeper): SystemPort {
  return {
    ...system,
    run: async (request) => {
      const startedAt = performance.now();
      const ran = await system.run(request);
      keeper.command({ ...asked(request), outcome: endOf(ran), durationMs: performance.now() - startedAt });
      return ran;
    },
    stream: async (request) => {
      const startedAt = performance.now();
      const ran = await system.stream(request);
      const tell = (outcome: string) => keeper.command({ ...asked(request), outcome, durationMs: performance.now() - startedAt });
      if (ran.ok) void ran.value.finished.then((finished) => tell(endOf({ ok: true, value: finished })));
      else tell(ran.failure.code);
      return ran;
    },
    start: async (request) => {
      const startedAt = performance.now();
      const started = await system.start(request);
      keeper.command({ ...asked(request), outcome: started.ok ? 'started' : started.failure.code, durationMs: performance.now() - startedAt });
      return started;
    },
    startDetached: async (request) => {
      const startedAt = performance.now();
      const started = await system.startDetached(request);
      keeper.command({ ...asked(request), outcome: started.ok ? 'started' : started.failure.code, durationMs: performance.now() - startedAt });
      return started;
    },
  };
}

function asked({ command, args = [], cwd, env = {}, inheritEnvironment = false }: RunRequest): Omit<Started, 'outcome' | 'durationMs'> {
  return { argv: [command, ...args], ...(cwd === undefined ? {} : { cwd }), environment: Object.keys(env).sort(), inherits: inheritEnvironment };
}

function endOf(ran: Result<Finished>): string {
  if (!ran.ok) return ran.failure.code;
  const { exitCode, signal } = ran.value;
  return exitCode === null ? `ended by ${signal}` : `exit code ${exitCode}`;
}
