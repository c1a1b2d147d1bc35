import { failure } from '../../../core/failure.ts';
import type { PgDump } from '../../../core/ports.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { type ClientProgram, clientPrograms } from './client-programs.ts';
import { dumpArguments } from './dump-arguments.ts';
import { dumpWithNative } from './dump-with-native.ts';
import { dumpWithWasm } from './dump-with-wasm.ts';
import { fitToServer } from './fit-to-server.ts';

/** The major of the pg_dump that comes with @electric-sql/pglite-tools. */
export const WASM_MAJOR = 18;

/**
 * The pg_dump for a server: an installed one of the nearest major that is not older, else the WebAssembly one.
 *
 * @param prefer takes only this kind
 */
export async function pgDumpFor(ofServer: number | Promise<number>, prefer?: 'native' | 'wasm'): Promise<Result<PgDump>> {
  const [serverMajor, installed] = await Promise.all([ofServer, prefer === 'wasm' ? [] : clientPrograms('pg_dump')]);
  const program = installed.find(({ major }) => major >= serverMajor);
  if (program !== undefined) return ok(native(program, serverMajor));
  if (prefer !== 'native' && WASM_MAJOR >= serverMajor) return ok(wasm(serverMajor));
  const known = [...installed.map(({ version }) => version), ...(prefer === 'native' ? [] : [`${WASM_MAJOR} (WebAssembly)`])];
  return fail(
    failure('server-newer-than-clients', `the server is PostgreSQL ${serverMajor}; the newest pg_dump here is ${known.at(-1) ?? 'none'}`, {
      object: `pg_dump ${serverMajor}`,
      cure: `Install the client tools of PostgreSQL ${serverMajor}: apt install postgresql-client-${serverMajor}, or brew install postgresql@${serverMajor}.`,
    }),
  );
}

function native(program: ClientProgram, serverMajor: number): PgDump {
  return {
    label: `pg_dump ${program.version} (native, ${program.path.replace(/\/pg_dump$/, '')})`,
    kind: 'native',
    argv: (request) => [program.path, ...dumpArguments(request), '--no-password'],
    dumpSchema: async (address, request, signal) => fitted(await dumpWithNative(program, address, dumpArguments(request), signal), serverMajor),
  };
}

function wasm(serverMajor: number): PgDump {
  return {
    label: `pg_dump ${WASM_MAJOR} (WebAssembly)`,
    kind: 'wasm',
    argv: (request) => ['pg_dump', ...dumpArguments(request)],
    dumpSchema: async (address, request, signal) => fitted(await dumpWithWasm(address, dumpArguments(request), signal), serverMajor),
  };
}

function fitted(dump: Result<string>, serverMajor: number): Result<string> {
  return dump.ok ? ok(fitToServer(dump.value, serverMajor)) : dump;
}
