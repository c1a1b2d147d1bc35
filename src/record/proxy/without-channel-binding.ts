const SASL = 10;

/**
 * An AuthenticationSASL without the mechanisms that bind to a TLS channel; any other authentication message as it is. A client behind us isn't on
 * the server's channel: libpq refuses such an offer on a plain connection, and elsewhere the log-in would fail.
 */
export function withoutChannelBinding(body: Buffer): Buffer {
  if (body.length < 4 || body.readUInt32BE(0) !== SASL) return body;
  const mechanisms = body
    .toString('latin1', 4)
    .split('\0')
    .filter((name) => name !== '' && !name.endsWith('-PLUS'));
  return Buffer.concat([body.subarray(0, 4), Buffer.from([...mechanisms, '', ''].join('\0'), 'latin1')]);
}
