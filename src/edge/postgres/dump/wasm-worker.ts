/**
 * The thread in which the WebAssembly pg_dump runs. Its reads and writes must be answered before they return, so each write is handed to the
 * main thread, which owns the socket, and this thread sleeps until the server's answer is there.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { pgDump } from '@electric-sql/pglite-tools/pg_dump';

/** What the main thread gives along. */
export interface WasmJob {
  readonly args: readonly string[];
  readonly wire: MessagePort;
  /** One Int32: 0 while the main thread is asked, 1 when its answer lies in `wire`. */
  readonly bell: SharedArrayBuffer;
}

/** What it gets back. */
export type WasmResult = { readonly text: string } | { readonly error: string };

const job = workerData as WasmJob;
const bell = new Int32Array(job.bell);

function exchange(bytes: Uint8Array): Uint8Array {
  Atomics.store(bell, 0, 0);
  job.wire.postMessage(bytes.slice());
  for (;;) {
    Atomics.wait(bell, 0, 0);
    const answer = receiveMessageOnPort(job.wire);
    if (answer !== undefined) return answer.message as Uint8Array;
    // Rung, and not there as yet: seen once, on a machine with far too much to do.
    Atomics.wait(bell, 0, 1, 1);
  }
}

/** Stands in for the in-process database that the wrapper was written for: it uses these three methods. */
const database = {
  query: async () => ({ rows: [{ search_path: '' }] }),
  exec: async () => [],
  execProtocolRawStream: async (bytes: Uint8Array, { onRawData }: { onRawData: (data: Uint8Array) => void }) => {
    const answer = exchange(bytes);
    if (answer.length > 0) onRawData(answer);
  },
};

/**
 * The wrapper takes out every line that begins with `\restrict`, also one inside a function's body. The text is caught before that; the real
 * lines are taken out later, by their key.
 */
let raw: string | undefined;
const { replace } = String.prototype;
String.prototype.replace = function (this: string, ...args: Parameters<typeof replace>) {
  const [pattern] = args as unknown as [unknown];
  if (pattern instanceof RegExp && pattern.source.includes('restrict')) raw = String(this);
  return replace.apply(this, args);
} as typeof replace;

/** The wrapper runs the lines of stderr together and writes a sentence of its own above them. */
function whatItSaid(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^pg_dump failed with exit code[^\n]*\nError message: /, '').replace(/(?!^)(?=(?:pg_dump|\S*this\.program): )/g, '\n');
}

const result: WasmResult = await pgDump({ pg: database as never, args: [...job.args] }).then(
  async (file) => ({ text: raw ?? (await file.text()) }),
  (error: unknown) => ({ error: whatItSaid(error) }),
);
parentPort?.postMessage(result);
