import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { failure } from '../../../core/failure.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { type Address, showAddress } from '../../../core/server.ts';
import { cancelRequest } from '../cancel-request.ts';
import { logIn } from '../log-in.ts';
import { holdCompiledProgram } from './compiled-program.ts';
import { SESSION_OPTIONS } from './dump-arguments.ts';
import { dumpFailure } from './dump-failure.ts';
import { WasmBridge } from './wasm-bridge.ts';
import type { WasmJob, WasmResult } from './wasm-worker.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Runs the WebAssembly pg_dump against a real server: TLS and log-in are ours, the program runs in a thread of its own.
 *
 * @param args pg_dump's arguments; where to write and whom to ask are set here
 * @returns the dump as pg_dump wrote it
 */
export async function dumpWithWasm(address: Address, args: readonly string[], signal?: AbortSignal): Promise<Result<string>> {
  await holdCompiledProgram();
  const parameters = new Map<string, string>();
  const loggedIn = await logIn(address, {
    applicationName: 'pg_dump',
    timeoutMs: CONNECT_TIMEOUT_MS,
    startupOptions: [address.options, SESSION_OPTIONS].join(' ').trim(),
    onParameter: (name, value) => parameters.set(name, value),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!loggedIn.ok) return loggedIn;
  const { client, tls } = loggedIn.value;
  const { port1, port2 } = new MessageChannel();
  const bell = new SharedArrayBuffer(4);
  const bridge = new WasmBridge(client, parameters, port1, bell);
  const workerData: WasmJob = { args, wire: port2, bell };
  const worker = new Worker(new URL(`./wasm-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url), {
    workerData,
    transferList: [port2],
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const onAbort = () => aborted.reject(new Error('interrupted'));
  const crashed = once(worker, 'exit').then(() => Promise.reject(new Error('pg_dump ended without a result')));
  crashed.catch(() => {});
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    // `once` rejects with the worker's own error, should it crash.
    const [result] = (await Promise.race([once(worker, 'message'), bridge.lost, crashed, aborted.promise])) as [WasmResult];
    return 'text' in result ? ok(result.text) : fail(dumpFailure(address, result.error, bridge.lastError));
  } catch (error) {
    const at = showAddress(address);
    if (signal?.aborted) {
      await cancelRequest(address, tls, client as unknown as { processID: number; secretKey: number });
      return fail(failure('interrupted', `${at}: interrupted while reading the schema`));
    }
    return fail(dumpFailure(address, `server closed the connection: ${error instanceof Error ? error.message : String(error)}`, bridge.lastError));
  } finally {
    signal?.removeEventListener('abort', onAbort);
    port1.close();
    client.connection.stream.destroy();
    await worker.terminate();
  }
}
