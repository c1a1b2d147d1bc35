import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import type { Address } from '../../src/core/server.ts';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { testServer } from '../support/databases.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { connectClient, runClient } from './proxy-client.ts';
import { watching } from './proxy-watching.ts';

const isTls = 'select ssl::text as tls from pg_catalog.pg_stat_ssl where pid = pg_catalog.pg_backend_pid()';

test('a client that insists on TLS gets it, also where it begins with it', async () => {
  const { hooks } = watching();
  await using proxy = unwrap(await startProxy(testContext(), { target: testServer(18), hooks }));
  for (const sslnegotiation of ['postgres', 'direct'] as const) {
    const client = await connectClient(proxy.address, { ssl: { rejectUnauthorized: false }, sslnegotiation });
    expect((await client.query(isTls)).rows).toEqual([{ tls: 'false' }]);
    await client.end();
  }
  const required = await runClient('psql', proxy.address, ['-Atc', '\\conninfo'], { env: { PGSSLMODE: 'require' } });
  expect(required).toMatchObject({ code: 0, stdout: expect.stringContaining('SSL connection') });
});

test('SCRAM works through TLS on either side, on both, and on none', async () => {
  const name = `scram_${randomBytes(4).toString('hex')}`;
  const hba = ['hostssl all tls_only 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 scram-sha-256'];
  await withOwnServer(15, { hba, tls: true, settings: { password_encryption: 'scram-sha-256' } }, async ({ admin, tcp }) => {
    await ask(admin, `create role ${name} login password 'right'`);
    const target = (tls: Address['tls']): Address => ({ ...tcp, user: name, password: new Secret('right'), tls });
    for (const tls of ['disable', 'require'] as const) {
      const { hooks, told } = watching();
      await using proxy = unwrap(await startProxy(testContext(), { target: target(tls), hooks }));
      const behind = tls === 'require' ? 'true' : 'false';
      for (const ssl of [false, { rejectUnauthorized: false }]) {
        const client = await connectClient(proxy.address, { ssl });
        expect((await client.query(isTls)).rows).toEqual([{ tls: behind }]);
        await client.end();
      }
      // libpq tells the server that it could have bound the log-in to the channel, which a server with TLS takes for an attack. It then comes again without TLS.
      for (const sslmode of ['disable', 'prefer']) {
        const { code, stdout } = await runClient('psql', proxy.address, ['-Atc', isTls], { env: { PGSSLMODE: sslmode } });
        expect({ sslmode, code, stdout }).toEqual({ sslmode, code: 0, stdout: `${behind}\n` });
      }
      const insisting = await runClient('psql', proxy.address, ['-Atc', isTls], { env: { PGSSLMODE: 'require' } });
      if (tls === 'disable') expect(insisting).toMatchObject({ code: 0, stdout: 'false\n' });
      else
        expect(insisting).toMatchObject({ code: 2, stderr: expect.stringContaining('client supports SCRAM channel binding but thinks the server does not') });
      const wrong = await runClient('psql', { ...proxy.address, password: new Secret('wrong') }, ['-c', 'select 1'], { env: { PGSSLMODE: 'disable' } });
      expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('password authentication failed') });
      // The client hears of it before the proxy has closed both sides.
      await untilTrue('the refused connection is told', async () => told.includes(`close ${told.filter((line) => line.startsWith('open')).length} refused`));
    }
  });
});
