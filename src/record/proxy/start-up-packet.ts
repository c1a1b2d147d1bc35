/** What a client may say first; `strange` is for the server to judge. */
export type StartUpPacket =
  | { readonly kind: 'tls' | 'gss' }
  | { readonly kind: 'direct-tls' }
  | { readonly kind: 'cancel'; readonly bytes: Buffer; readonly pid: number; readonly key: Buffer }
  | { readonly kind: 'start'; readonly bytes: Buffer; readonly parameters: ReadonlyMap<string, string> }
  | { readonly kind: 'strange'; readonly bytes: Buffer };

const TLS_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
/** The first byte of TLS itself. */
const TLS_HANDSHAKE = 0x16;
/** PostgreSQL's own limit for a start-up packet. */
const LONGEST = 10_000;

/**
 * The packet at the start of what a client has sent so far, and how many bytes it takes; undefined while it isn't whole. They have no type byte:
 * PostgreSQL's documentation, "Message Formats".
 */
export function readStartUpPacket(bytes: Buffer): { readonly packet: StartUpPacket; readonly length: number } | undefined {
  if (bytes[0] === TLS_HANDSHAKE) return { packet: { kind: 'direct-tls' }, length: 0 };
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length < 8 || length > LONGEST) return strange(bytes, bytes.length);
  if (bytes.length < length) return undefined;
  const whole = bytes.subarray(0, length);
  switch (whole.readUInt32BE(4)) {
    case TLS_REQUEST:
      return { packet: { kind: 'tls' }, length };
    case GSS_REQUEST:
      return { packet: { kind: 'gss' }, length };
    case CANCEL_REQUEST:
      if (length < 12) return strange(whole, length);
      return { packet: { kind: 'cancel', bytes: whole, pid: whole.readUInt32BE(8), key: whole.subarray(12) }, length };
  }
  // Another major version of the protocol is the server's to refuse.
  if (whole.readUInt16BE(4) !== 3) return strange(whole, length);
  return { packet: { kind: 'start', bytes: whole, parameters: readParameters(whole) }, length };
}

function strange(bytes: Buffer, length: number) {
  return { packet: { kind: 'strange' as const, bytes }, length };
}

function readParameters(packet: Buffer): ReadonlyMap<string, string> {
  const texts = packet.toString('utf8', 8).split('\0');
  const parameters = new Map<string, string>();
  for (let at = 0; texts[at] !== undefined && texts[at] !== ''; at += 2) parameters.set(texts[at] as string, texts[at + 1] ?? '');
  return parameters;
}
