/** Messages of the protocol, version 3: their types as they stand in the first byte. */
export const frontend = {
  bind: 0x42,
  close: 0x43,
  describe: 0x44,
  execute: 0x45,
  functionCall: 0x46,
  flush: 0x48,
  parse: 0x50,
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
  copyDone: 0x63,
  copyData: 0x64,
  copyFail: 0x66,
} as const;

export const backend = {
  parseComplete: 0x31,
  bindComplete: 0x32,
  closeComplete: 0x33,
  notification: 0x41,
  commandComplete: 0x43,
  dataRow: 0x44,
  error: 0x45,
  copyIn: 0x47,
  emptyQuery: 0x49,
  backendKey: 0x4b,
  notice: 0x4e,
  authentication: 0x52,
  parameterStatus: 0x53,
  rowDescription: 0x54,
  functionResult: 0x56,
  copyBoth: 0x57,
  ready: 0x5a,
  noData: 0x6e,
  portalSuspended: 0x73,
} as const;

/** A whole message from its type and body. */
export function message(type: number, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(5 + body.length);
  bytes[0] = type;
  bytes.writeUInt32BE(4 + body.length, 1);
  body.copy(bytes, 5);
  return bytes;
}

const zero = Buffer.alloc(1);
const noFormats = Buffer.alloc(2);

function terminated(text: string): Buffer {
  return Buffer.concat([Buffer.from(text), zero]);
}

/** Parse, parameter types left to the server. */
export function parse(name: string, text: string): Buffer {
  return message(frontend.parse, Buffer.concat([terminated(name), terminated(text), noFormats]));
}

/** Bind, everything as text. */
export function bind(portal: string, statement: string, values: readonly string[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16BE(values.length);
  const parts = values.map((value) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return message(frontend.bind, Buffer.concat([terminated(portal), terminated(statement), noFormats, count, ...parts, noFormats]));
}

/** Execute to the end. */
export function execute(portal: string): Buffer {
  return message(frontend.execute, Buffer.concat([terminated(portal), Buffer.alloc(4)]));
}

export function closePortal(name: string): Buffer {
  return message(frontend.close, Buffer.concat([Buffer.from('P'), terminated(name)]));
}

export function closeStatement(name: string): Buffer {
  return message(frontend.close, Buffer.concat([Buffer.from('S'), terminated(name)]));
}

export const sync = message(frontend.sync, Buffer.alloc(0));

/** An ErrorResponse that ends a connection which never came about. */
export function fatalError(sqlstate: string, text: string): Buffer {
  const fields = ['SFATAL', 'VFATAL', `C${sqlstate}`, `M${text}`].map(terminated);
  return message(backend.error, Buffer.concat([...fields, zero]));
}

/** The fields of an ErrorResponse or NoticeResponse. */
export function readFields(body: Buffer, decode: (bytes: Buffer) => string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < body.length && body[at] !== 0; ) {
    const name = String.fromCharCode(body[at] as number);
    const end = endOfText(body, at + 1);
    fields.set(name, decode(body.subarray(at + 1, end)));
    at = end + 1;
  }
  return fields;
}

/** The columns of a DataRow. */
export function readRow(body: Buffer, decode: (bytes: Buffer) => string): readonly (string | null)[] {
  const row: (string | null)[] = [];
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    if (length === -1) row.push(null);
    else {
      row.push(decode(body.subarray(at, at + length)));
      at += length;
    }
  }
  return row;
}

/** The text that starts at an offset, and the offset behind its zero byte. A text that isn't ended goes to the end. */
export function readText(body: Buffer, at: number, decode: (bytes: Buffer) => string): { readonly text: string; readonly next: number } {
  const end = endOfText(body, at);
  return { text: decode(body.subarray(at, end)), next: end + 1 };
}

function endOfText(body: Buffer, at: number): number {
  const end = body.indexOf(0, at);
  return end === -1 ? body.length : end;
}
