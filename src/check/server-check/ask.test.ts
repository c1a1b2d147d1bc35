import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import type { ServerCheck } from '../../config/schema.ts';
import { serverCheck } from '../../config/settings/server-checks.ts';
import { makeEdge } from '../../edge/make-edge.ts';
import { askConnections } from './ask-connections.ts';
import { askLongTransactions } from './ask-long-transactions.ts';
import { askRole } from './ask-role.ts';

type Of<K extends ServerCheck['kind']> = Extract<ServerCheck, { kind: K }>;
const parsed = <K extends ServerCheck['kind']>(kind: K, rest: object) => serverCheck.parse({ kind, name: 'asked', ...rest }) as Of<K>;

test('a server tells of its roles, connections and transactions, if one may see them', async () => {
  await withSession(15, '', async (session, address) => {
    const role = `r_${randomBytes(4).toString('hex')}`;
    await session.execute(`create role ${role} login; create role ${role}_old login valid until '2020-01-01'; create role ${role}_group`);
    const other = new pg.Client({ host: address.host, port: address.port, user: address.user, database: address.database, application_name: 'forgotten' });
    await other.connect();
    try {
      expect(await askRole(session, parsed('role', { role }))).toMatchObject({ kind: 'holds' });
      expect(await askRole(session, parsed('role', { role: `${role}_group` }))).toMatchObject({ kind: 'broken', found: expect.stringContaining('NOLOGIN') });
      expect(await askRole(session, parsed('role', { role: `${role}_group`, login: false }))).toMatchObject({ kind: 'holds' });
      expect(await askRole(session, parsed('role', { role: `${role}_old` }))).toMatchObject({ kind: 'broken', found: expect.stringContaining('2020') });
      expect(await askRole(session, parsed('role', { role: `${role}_none` }))).toMatchObject({
        kind: 'broken',
        found: expect.stringContaining('there is no role'),
      });
      await session.execute(`alter role ${role} connection limit 0`);
      expect(await askRole(session, parsed('role', { role }))).toMatchObject({ kind: 'broken', found: expect.stringContaining('0 of the 0 connections') });
      await session.execute(`alter role ${role} connection limit -1; revoke connect on database ${address.database} from public`);
      expect(await askRole(session, parsed('role', { role }))).toMatchObject({ kind: 'broken', found: expect.stringContaining('may not connect') });
      await session.execute(`grant connect on database ${address.database} to public`);

      expect(await askConnections(session, parsed('connections', { max: 10_000 }), undefined)).toMatchObject({ kind: 'holds' });
      expect(await askConnections(session, parsed('connections', { max: 0 }), undefined)).toMatchObject({ kind: 'broken', rootCause: 'quota' });
      const pool = { database: 'shop', user: 'app', active: 5, waiting: 2, longestWaitSeconds: 3 };
      expect(await askConnections(session, parsed('connections', { max: 10_000 }), [pool])).toMatchObject({
        kind: 'broken',
        lines: [expect.stringContaining('2 clients of app wait')],
      });
      expect(await askConnections(session, parsed('connections', { max: 10_000, maxWaiting: 2 }), [pool])).toMatchObject({ kind: 'holds' });

      await other.query('begin; select 1');
      const atOnce = parsed('long-transactions', { minutes: 1e-9 });
      expect(await askLongTransactions(session, atOnce, [])).toMatchObject({ kind: 'broken', rootCause: 'lock' });
      expect(JSON.stringify(await askLongTransactions(session, atOnce, []))).toContain('forgotten');
      expect(await askLongTransactions(session, parsed('long-transactions', { minutes: 60_000 }), [])).toMatchObject({ kind: 'holds' });

      const connected = await makeEdge().postgres.connect({ ...address, user: role });
      if (!connected.ok) throw new Error(connected.failure.message);
      await using blind = connected.value;
      const reason = { kind: 'doubt', cure: expect.stringContaining('pg_read_all_stats') };
      expect(await askConnections(blind, parsed('connections', {}), undefined)).toMatchObject(reason);
      expect(await askLongTransactions(blind, parsed('long-transactions', {}), [])).toMatchObject(reason);
    } finally {
      await other.end();
      await session.execute(`drop role ${role}; drop role ${role}_old; drop role ${role}_group`);
    }
  });
});
