import { connect as connectTcp, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type Major, testServer, withDatabase } from '../../../test/support/databases.ts';
import type { PostgresPort } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { makeEdge } from '../make-edge.ts';
import { isSameServer } from './same-server.ts';

const edge = makeEdge();

/** A way to a server by another port, as a tunnel is. `change` alters what is sent to the server. */
async function throughTunnel<T>(to: Address, use: (address: Address) => Promise<T>, change = (sent: string) => sent): Promise<T> {
  const tunnel = createServer((near) => {
    const far = connectTcp(to.port, to.host);
    near.on('error', () => far.destroy()).on('close', () => far.end());
    near.on('data', (sent: Buffer) => far.write(Buffer.from(change(sent.toString('latin1')), 'latin1')));
    far.on('error', () => near.destroy()).pipe(near);
  });
  await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve));
  try {
    return await use({ ...to, port: (tunnel.address() as { port: number }).port });
  } finally {
    tunnel.close();
  }
}

test.each([15, 18] as Major[])('the same server is known through a tunnel, by a role without any right, on %i', async (major) => {
  const role = `stranger_${Math.random().toString(36).slice(2)}`;
  await withDatabase(major, '', async (production, run) => {
    await run(`create role ${role} login`);
    try {
      const source = { ...production, user: role };
      await throughTunnel(production, async (tunnelled) => {
        expect(await isSameServer(edge.postgres, source, tunnelled)).toEqual({ ok: true, value: 'same-database' });
        const named = { ...tunnelled, host: 'db.invalid', hostAddress: '127.0.0.1' };
        expect(await isSameServer(edge.postgres, source, named)).toEqual({ ok: true, value: 'same-database' });
        expect(await isSameServer(edge.postgres, source, { ...tunnelled, database: 'postgres' })).toEqual({ ok: true, value: 'same-server' });
      });
      const elsewhere = testServer(major === 15 ? 18 : 15);
      expect(await isSameServer(edge.postgres, source, elsewhere)).toEqual({ ok: true, value: 'different' });
    } finally {
      await run(`drop role ${role}`);
    }
  });
});

test('a list that can’t be trusted decides nothing', async () => {
  await withDatabase(18, '', async (address, run) => {
    // A list of sessions of its own hides ours: what a pooler or a cut-down service would show.
    await run('create schema shadow; create view shadow.pg_stat_activity as select * from pg_catalog.pg_stat_activity where false');
    const shadowing: Pick<PostgresPort, 'connect'> = {
      connect: async (to, options = {}) => {
        const opened = await edge.postgres.connect(to, options);
        if (!opened.ok) return opened;
        const session = opened.value;
        const query = session.query.bind(session);
        session.query = (text, values) => query(text.replace('pg_catalog.pg_stat_activity', 'shadow.pg_stat_activity'), values);
        return opened;
      },
    };
    expect(await isSameServer(shadowing, address, testServer(15))).toMatchObject({ ok: false, failure: { code: 'target-is-source' } });
    await run('create or replace view shadow.pg_stat_activity as select * from pg_catalog.pg_stat_activity');
    expect(await isSameServer(shadowing, address, testServer(15))).toEqual({ ok: true, value: 'different' });
    await run(
      "create or replace view shadow.pg_stat_activity as select datid, datname, pid, leader_pid, usesysid, usename, case when usename = current_user and application_name like 'pgrehearse%' then application_name end as application_name, client_addr, client_hostname, client_port, backend_start, xact_start, query_start, state_change, wait_event_type, wait_event, state, backend_xid, backend_xmin, query_id, query, backend_type from pg_catalog.pg_stat_activity",
    );
    expect(await isSameServer(shadowing, address, testServer(15))).toMatchObject({ ok: false, failure: { code: 'target-is-source' } });
  });
});

test('a pooler that loses the names of sessions hides nothing', async () => {
  await withDatabase(18, '', async (address) => {
    const loseName = (sent: string) => sent.replace(/pgrehearse-nonce-[0-9a-f]{32}/, (name) => 'x'.repeat(name.length));
    await throughTunnel(
      address,
      async (pooled) => {
        expect(await isSameServer(edge.postgres, address, pooled)).toMatchObject({ ok: false, failure: { code: 'target-is-source' } });
        expect(await isSameServer(edge.postgres, pooled, address)).toMatchObject({ ok: false, failure: { code: 'target-is-source' } });
      },
      loseName,
    );
  });
});

test('a side that can’t be reached decides nothing', async () => {
  const server = testServer(18);
  expect(await isSameServer(edge.postgres, server, { ...server, port: 1 })).toMatchObject({ ok: false, failure: { code: 'source-unreachable' } });
  expect(await isSameServer(edge.postgres, { ...server, port: 1 }, server)).toMatchObject({ ok: false, failure: { code: 'source-unreachable' } });
});
