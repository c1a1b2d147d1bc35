import { once } from 'node:events';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { message } from '../../src/record/proxy/messages.ts';
import { query, RawClient, startUp } from './proxy-raw-client.ts';

interface Sent {
  readonly label: string;
  readonly bytes: Buffer;
}

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));

/** The body of a start-up packet: names and values, each ended by a zero byte. */
const parameters = fc
  .array(
    fc.tuple(
      fc.constantFrom('user', 'user', 'database', 'options', 'replication', 'application_name', 'client_encoding', '_pq_.later', 'no_such_setting', ''),
      fc.constantFrom('postgres', 'nobody', '', 'on', 'database', '-c geqo=off', '-c no_such=1', '-junk', 'LATIN1', 'é', 'x'.repeat(70), 'y'.repeat(3_000)),
    ),
    { maxLength: 4 },
  )
  .chain((pairs) => fc.constantFrom('\0', '', '\0\0', 'more').map((end) => Buffer.from(pairs.map((pair) => `${pair.join('\0')}\0`).join('') + end)));

function packet(length: number, version: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(length >>> 0, 0);
  head.writeUInt32BE(version, 4);
  return Buffer.concat([head, body]);
}

const version = (major: number, minor: number) => major * 0x10000 + minor;
/** Requests for encryption are answered by whoever is asked: they are no matter of the server's. */
const encryption = [version(1234, 5679), version(1234, 5680)];
const tlsHandshake = 0x16;

/** What a client may begin with, mostly wrong. */
function startUps(target: Address): fc.Arbitrary<Sent> {
  const good = startUp(target);
  const versions = [
    version(3, 0),
    version(3, 1),
    version(3, 2),
    version(3, 99),
    version(2, 0),
    version(1, 0),
    version(4, 0),
    version(1234, 5678),
    0,
    0xffffffff,
  ];
  return fc
    .oneof(
      bytes(0, 64).map((some) => ({ label: 'anything', bytes: some })),
      fc.nat(good.length).map((end) => ({ label: `cut at ${end}`, bytes: good.subarray(0, end) })),
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
        const changed = Buffer.from(good);
        for (const [at, byte] of changes) changed[at] = byte;
        return { label: `changed at ${changes.map(([at]) => at)}`, bytes: changed };
      }),
      fc.constantFrom(0, 1, 4, 7, 8, 9, 10_000, 10_001, 0x7fffffff, 0xffffffff, good.length - 1, good.length + 1).map((length) => {
        return { label: `length ${length}`, bytes: packet(length, version(3, 0), good.subarray(8)) };
      }),
      fc.constantFrom(...versions).map((code) => ({ label: `version ${code}`, bytes: packet(good.length, code, good.subarray(8)) })),
      { weight: 4, arbitrary: parameters.map((body) => ({ label: `${body}`, bytes: packet(8 + body.length, version(3, 0), body) })) },
      fc.oneof(bytes(1, 30), fc.constant(query('select 1'))).map((more) => ({ label: 'more behind it', bytes: Buffer.concat([good, more]) })),
    )
    .filter((sent) => sent.bytes[0] !== tlsHandshake && !(sent.bytes.length >= 8 && encryption.includes(sent.bytes.readUInt32BE(4))));
}

/** What a client that is logged in may send, mostly wrong. */
const messages: fc.Arbitrary<Sent> = fc
  .array(
    fc.oneof(
      bytes(1, 30).map((some) => ({ label: 'anything', bytes: some })),
      fc
        .tuple(fc.constantFrom(...'BCDEFHPQSXcdfp'), bytes(0, 20))
        .map(([type, body]) => ({ label: `${type} of anything`, bytes: message(type.charCodeAt(0), body) })),
      fc.tuple(fc.constantFrom(...'QPBdXz'), fc.constantFrom(0, 3, 4, 5, 0x3fffffff, 0x40000000, 0x7fffffff, 0xffffffff)).map(([type, length]) => {
        const head = Buffer.from(`${type}\0\0\0\0`);
        head.writeUInt32BE(length, 1);
        return { label: `${type} of length ${length}`, bytes: head };
      }),
      fc.constantFrom('select 1', 'begin', 'selec', 'copy pg_class to stdout').map((text) => ({ label: text, bytes: query(text) })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => ({ label: parts.map(({ label }) => label).join(' | '), bytes: Buffer.concat(parts.map((part) => part.bytes)) }));

/** Says to a server, straight and through a proxy, what is mostly no protocol, and compares what both answer up to the end of the connection. */
export async function answersAlike(target: Address, through: Address, runs: number, seed: number): Promise<void> {
  const options = { numRuns: runs, seed, endOnFailure: true };
  const alike = async (opened: (address: Address) => Promise<RawClient>, sent: Sent) => {
    const [straight, proxied] = [await answerTo(await opened(target), sent), await answerTo(await opened(through), sent)];
    expect({ label: sent.label, answer: proxied }).toEqual({ label: sent.label, answer: straight });
  };
  const connected = async (address: Address) => {
    const client = new RawClient(address);
    await once(client.socket, 'connect');
    return client;
  };
  await fc.assert(
    fc.asyncProperty(startUps(target), async (sent) => await alike(connected, sent)),
    options,
  );
  await fc.assert(
    fc.asyncProperty(messages, async (sent) => await alike((address) => RawClient.logIn(address), sent)),
    options,
  );
}

/** Everything that comes until the server closes the connection, which it does once it has read all and nobody will send more. */
async function answerTo(client: RawClient, sent: Sent): Promise<readonly string[]> {
  using _ = client;
  client.socket.end(sent.bytes);
  await client.untilClosed();
  // Each session has a key of its own.
  return client.messages.map(({ type, body }) => (type === 'K' ? `K ${body.length}` : `${type} ${body.toString('latin1')}`));
}
