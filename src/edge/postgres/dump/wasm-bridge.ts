import type { Duplex } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';
import type { LoggedIn } from '../log-in.ts';
import { BackendScanner, FrontendScanner, readErrorFields, welcome } from './wire-messages.ts';

/**
 * Carries what a program in a sleeping thread writes to a server that we are logged in to, and wakes the thread with the answer. The program
 * believes that it logged in itself.
 */
export class WasmBridge {
  /** The last error that the server answered with, by field code. */
  lastError: Readonly<Record<string, string>> | undefined;
  /** Rejects when the connection ends before the program said goodbye. */
  readonly lost: Promise<never>;
  readonly #socket: Duplex;
  readonly #client: LoggedIn['client'];
  readonly #parameters: ReadonlyMap<string, string>;
  readonly #port: MessagePort;
  readonly #bell: Int32Array;
  readonly #frontend = new FrontendScanner();
  readonly #backend: BackendScanner;
  #answer: Buffer[] = [];
  #answersDue = 0;
  #goodbye = false;

  constructor(client: LoggedIn['client'], parameters: ReadonlyMap<string, string>, port: MessagePort, bell: SharedArrayBuffer) {
    this.#client = client;
    this.#socket = client.connection.stream;
    this.#parameters = parameters;
    this.#port = port;
    this.#bell = new Int32Array(bell);
    this.#backend = new BackendScanner((type, payload) => {
      if (type === 'Z') this.#answersDue--;
      else this.lastError = readErrorFields(payload);
    });
    // From here on the driver is out: only its log-in was wanted.
    this.#socket.removeAllListeners('data');
    this.#socket.on('data', (chunk: Buffer) => this.#fromServer(chunk));
    const lost = Promise.withResolvers<never>();
    this.lost = lost.promise;
    this.lost.catch(() => {});
    this.#socket.once('close', () => this.#goodbye || lost.reject(new Error(this.lastError?.M ?? 'the server closed the connection')));
    port.on('message', (bytes: Uint8Array) => this.#fromProgram(bytes));
  }

  #fromProgram(bytes: Uint8Array): void {
    const { startup, tlsRequest, answersDue, goodbye } = this.#frontend.take(bytes);
    if (tlsRequest) {
      this.#wake(Buffer.from('N'));
      return;
    }
    if (startup) {
      const key = this.#client as unknown as { processID: number; secretKey: number };
      this.#wake(welcome(this.#parameters, key.processID, key.secretKey));
      return;
    }
    this.#answersDue += answersDue;
    this.#goodbye ||= goodbye;
    this.#socket.write(bytes);
    // A goodbye has no answer, and neither has a piece of a message.
    if (goodbye || this.#answersDue === 0) this.#wake(Buffer.alloc(0));
  }

  #fromServer(chunk: Buffer): void {
    const due = this.#answersDue;
    this.#answer.push(chunk);
    this.#backend.take(chunk);
    if (due > 0 && this.#answersDue === 0) this.#wake(Buffer.concat(this.#answer));
  }

  /** What came in between (a changed parameter) is given along with the next answer. */
  #wake(answer: Buffer): void {
    if (answer.length > 0) this.#answer = [];
    this.#port.postMessage(new Uint8Array(answer));
    Atomics.store(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }
}
