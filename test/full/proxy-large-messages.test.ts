import { expect, test } from 'vitest';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { query, RawClient } from '../record/proxy-raw-client.ts';
import { watching } from '../record/proxy-watching.ts';
import { withDatabase } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';

test('a message of 200 MB goes both ways in little memory, and its text is cut', async () => {
  await withDatabase(15, '', async (target) => {
    const { hooks, statements } = watching();
    await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
    using client = await RawClient.logIn(proxy.address);
    let received = 0;
    client.socket.removeAllListeners('data').on('data', (chunk) => {
      received += chunk.length;
    });
    client.socket.write(query("select repeat('x', 200000000)"));
    await untilTrue('all is there', async () => received > 200_000_000);
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(100_000_000);
    // The length of the message, and then its text by and by.
    const head = Buffer.from("Q\0\0\0\0select length('");
    const tail = Buffer.from("')\0");
    head.writeUInt32BE(head.length - 1 + 200_000_000 + tail.length, 1);
    client.socket.write(head);
    const part = Buffer.alloc(1_000_000, 'y');
    let peak = 0;
    for (let sent = 0; sent < 200; sent++) {
      if (!client.socket.write(part)) await new Promise((resolve) => client.socket.once('drain', resolve));
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    }
    client.socket.write(tail);
    await untilTrue('it is counted', async () => statements.length === 2);
    expect(statements[1]).toMatchObject({ tag: 'SELECT', rows: 1, textCut: true });
    expect(peak).toBeLessThan(150_000_000);
  });
});
