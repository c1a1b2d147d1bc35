/** Messages of the Postgres wire protocol, as far as a go-between must know them. */

const HEADER = 5;

/** What a program's libpq has sent so far: how many answers that ask for ReadyForQuery are due, and whether it said goodbye. */
export class FrontendScanner {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  /** Takes what was written; messages may come in pieces. */
  take(bytes: Uint8Array): { readonly startup: boolean; readonly tlsRequest: boolean; readonly answersDue: number; readonly goodbye: boolean } {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    let startup = false;
    let tlsRequest = false;
    let answersDue = 0;
    let goodbye = false;
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#rest.length < head + 4) break;
      const length = head + this.#rest.readUInt32BE(head);
      if (this.#rest.length < length) break;
      const message = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      if (this.#started) {
        const type = String.fromCharCode(message[0] ?? 0);
        // Query, Sync and FunctionCall are answered up to ReadyForQuery; the others only together with a Sync.
        if (type === 'Q' || type === 'S' || type === 'F') answersDue++;
        if (type === 'X') goodbye = true;
      } else if (isTlsOrGssRequest(message)) {
        tlsRequest = true;
      } else {
        this.#started = true;
        startup = true;
      }
    }
    return { startup, tlsRequest, answersDue, goodbye };
  }
}

function isTlsOrGssRequest(message: Buffer): boolean {
  const code = message.length === 8 ? message.readUInt32BE(4) : 0;
  return code === 80_877_103 || code === 80_877_104;
}

/** Reads a server's answers without changing them: counts ReadyForQuery and keeps errors. */
export class BackendScanner {
  #head = Buffer.alloc(HEADER);
  #headBytes = 0;
  #left = 0;
  #type = '';
  #payload: Buffer[] = [];
  readonly #onMessage: (type: 'Z' | 'E', payload: Buffer) => void;

  constructor(onMessage: (type: 'Z' | 'E', payload: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headBytes < HEADER) {
        const taken = chunk.copy(this.#head, this.#headBytes, at, at + HEADER - this.#headBytes);
        this.#headBytes += taken;
        at += taken;
        if (this.#headBytes < HEADER) return;
        this.#type = String.fromCharCode(this.#head[0] ?? 0);
        this.#left = this.#head.readUInt32BE(1) - 4;
      }
      const piece = chunk.subarray(at, at + this.#left);
      if (this.#type === 'E') this.#payload.push(piece);
      this.#left -= piece.length;
      at += piece.length;
      if (this.#left === 0) this.#finish();
    }
  }

  #finish(): void {
    if (this.#type === 'Z' || this.#type === 'E') this.#onMessage(this.#type, Buffer.concat(this.#payload));
    this.#payload = [];
    this.#headBytes = 0;
  }
}

/** The fields of an ErrorResponse by their one-letter codes: C is the SQLSTATE, M the message, D the detail. */
export function readErrorFields(payload: Buffer): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const part of payload.toString('utf8').split('\0')) if (part !== '') fields[part.charAt(0)] = part.slice(1);
  return fields;
}

/** What a server says when a client is in: the log-in itself has happened elsewhere. */
export function welcome(parameters: ReadonlyMap<string, string>, processID: number, secretKey: number): Buffer {
  const ints = (...values: number[]) => {
    const buffer = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) buffer.writeInt32BE(value, 4 * index);
    return buffer;
  };
  return Buffer.concat([
    message('R', ints(0)),
    ...[...parameters].map(([name, value]) => message('S', Buffer.from(`${name}\0${value}\0`))),
    message('K', ints(processID, secretKey)),
    message('Z', Buffer.from('I')),
  ]);
}

function message(type: string, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEADER);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(4 + payload.length, 1);
  return Buffer.concat([head, payload]);
}
