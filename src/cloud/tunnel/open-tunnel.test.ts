import { expect, test } from 'vitest';
import { testServer } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { proveBy } from '../../../test/support/tunnel-tries.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { openTunnel } from './open-tunnel.ts';

test('a direct way is the server’s own place, once it has answered there', async () => {
  const context = testContext();
  const { port, ...server } = testServer(18);
  const prove = proveBy(context, { ...server, port });
  await using way = unwrap(await openTunnel(context, { kind: 'direct' }, { host: '127.0.0.1', port }, prove));
  expect(way).toMatchObject({ kind: 'direct', host: '127.0.0.1', port });
  expect(await openTunnel(context, { kind: 'direct' }, { host: '127.0.0.1', port: 1 }, prove)).toMatchObject({
    ok: false,
    failure: { code: 'source-unreachable' },
  });
});
