import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** PEM texts. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

/** ASN.1's types, as far as a certificate has them (X.690). */
const types = { integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31 };

/** Object identifiers, encoded. */
const oids = {
  ecdsaWithSha256: Buffer.from('2a8648ce3d040302', 'hex'),
  commonName: Buffer.from('550403', 'hex'),
  subjectAltName: Buffer.from('551d11', 'hex'),
};

/**
 * A certificate that nobody vouches for, with a key that never leaves this process: for tools that insist on TLS although they talk to their own
 * machine. It names localhost and 127.0.0.1 and holds for thirty days (X.509 version 3, RFC 5280; ECDSA on P-256).
 */
export function makeCertificate(now: Date): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = node(types.sequence, node(types.oid, oids.ecdsaWithSha256));
  const name = node(types.sequence, node(types.set, node(types.sequence, node(types.oid, oids.commonName), node(types.utf8, Buffer.from('localhost')))));
  const from = utcTime(new Date(now.getTime() - DAY_MS));
  const until = utcTime(new Date(now.getTime() + 30 * DAY_MS));
  // DNS name and IP address have the tags 2 and 7 among the kinds of names.
  const names = node(types.sequence, node(0x82, Buffer.from('localhost')), node(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = node(types.sequence, node(types.sequence, node(types.oid, oids.subjectAltName), node(types.octetString, names)));
  const content = node(
    types.sequence,
    // Version 3 is written as 2.
    node(0xa0, node(types.integer, Buffer.from([2]))),
    node(types.integer, serialNumber()),
    algorithm,
    name,
    node(types.sequence, from, until),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    node(0xa3, extensions),
  );
  const signature = node(types.bitString, Buffer.from([0]), sign('sha256', content, privateKey));
  const bytes = node(types.sequence, content, algorithm, signature);
  const lines = bytes.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Positive, and in as few bytes as it can be: DER knows one way only to write a number. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40;
  return bytes;
}

function utcTime(date: Date): Buffer {
  const [day, time] = date.toISOString().slice(2, 19).split('T') as [string, string];
  return node(types.utcTime, Buffer.from(`${day.replaceAll('-', '')}${time.replaceAll(':', '')}Z`));
}

function node(type: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.from([type, length]), body]);
  const head = length < 0x100 ? [type, 0x81, length] : [type, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), body]);
}
