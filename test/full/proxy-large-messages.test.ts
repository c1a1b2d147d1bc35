import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { query, RawClient } from '../record/proxy-raw-client.ts';
import { withDatabase } from '../support/databases.ts';

const program = join(import.meta.dirname, '../support/proxy-program.ts');
const gigabyte = 1_000_000_000;
/** What a message of any size may take of a proxy's memory: what it keeps of a text, and some chunks on their way. */
const allowedBytes = 200_000_000;

interface ProxyProcess {
  readonly address: Address;
  /** The next thing that it says. */
  readonly heard: () => Promise<Record<string, unknown>>;
  /** The most memory that it has had so far. */
  readonly peakBytes: () => Promise<number>;
}

async function withProxyProcess(target: Address, use: (proxy: ProxyProcess) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [program, String(target.port), target.database], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const heard = async () => JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
  try {
    const { port } = await heard();
    const peakBytes = async () => {
      child.stdin.write('memory\n');
      return Number((await heard()).peakBytes);
    };
    await use({ address: { ...target, port: Number(port) }, heard, peakBytes });
  } finally {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  }
}

/** Sends a message of which only one part may have all its bytes in memory at once. */
async function sendLarge({ socket }: RawClient, head: Buffer, bytes: number, tail: Buffer): Promise<void> {
  head.writeUInt32BE(head.length - 1 + bytes + tail.length, 1);
  socket.write(head);
  const part = Buffer.alloc(1_000_000, 'y');
  for (let left = bytes; left > 0; left -= part.length) {
    if (!socket.write(part)) await once(socket, 'drain');
  }
  socket.write(tail);
}

test('messages of a gigabyte go both ways in little memory, and their texts are cut', async () => {
  await withDatabase(18, '', async (target) => {
    await withProxyProcess(target, async ({ address, heard, peakBytes }) => {
      using client = await RawClient.logIn(address);
      // Read as it comes: this process has no gigabyte to spare either.
      let received = 0;
      let last = Buffer.alloc(0);
      const all = Promise.withResolvers<void>();
      let wanted = Number.POSITIVE_INFINITY;
      client.socket.removeAllListeners('data').on('data', (chunk) => {
        received += chunk.length;
        last = Buffer.concat([last, chunk.subarray(-64)]).subarray(-64);
        if (received >= wanted && last.at(-6) === 0x5a) all.resolve();
      });
      client.socket.write(query('select 1'));
      expect(await heard()).toMatchObject({ tag: 'SELECT', rows: 1, textCut: false });
      const before = await peakBytes();

      wanted = gigabyte;
      client.socket.write(query(`select repeat('x', ${gigabyte})`));
      await all.promise;
      expect(await heard()).toMatchObject({ tag: 'SELECT', rows: 1, textCut: false });
      expect((await peakBytes()) - before).toBeLessThan(allowedBytes);

      await sendLarge(client, Buffer.from('Q\0\0\0\0select 1 /* '), gigabyte, Buffer.from(' */\0'));
      const told = await heard();
      expect(told).toMatchObject({ tag: 'SELECT', rows: 1, textCut: true });
      expect(told.textLength).toBeLessThan(20_000_000);
      // An error of it comes back, too.
      await sendLarge(client, Buffer.from('Q\0\0\0\0selec /* '), gigabyte, Buffer.from(' */\0'));
      expect(await heard()).toMatchObject({ sqlstate: '42601', textCut: true });
      expect((await peakBytes()) - before).toBeLessThan(allowedBytes);
    });
  });
});
