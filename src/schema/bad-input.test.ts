import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { testServer, withDatabase } from '../../test/support/databases.ts';
import { ask } from '../../test/support/own-server.ts';
import { testContext } from '../../test/support/test-context.ts';
import type { BoundStatement, Context, Session } from '../core/ports.ts';
import { ok } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { compareSchemas } from './compare-schemas.ts';

const compareSides = (left: Address, right: Address, context: Context = testContext()) =>
  compareSchemas(context, { address: left, label: 'left' }, { address: right, label: 'right' }, { exclude: [], scratch: async () => ok(right) });

/** A context in which the sessions of a comparison are changed. */
function withSessions(change: (session: Session) => Session): Context {
  const context = testContext();
  const { postgres } = context.edge;
  const connect: typeof postgres.connect = async (address, options) => {
    const connected = await postgres.connect(address, options);
    return connected.ok && options?.applicationName === 'pgrehearse compare' ? ok(change(connected.value)) : connected;
  };
  return { ...context, edge: { ...context.edge, postgres: { ...postgres, connect, pgDumpFor: (major, prefer) => postgres.pgDumpFor(major, prefer) } } };
}

/** The same session, but for some of its members. */
function like(session: Session, change: Partial<Session>): Session {
  return new Proxy(session, {
    get: (target, key) => {
      const own: unknown = key in change ? change[key as keyof Session] : Reflect.get(target, key);
      return typeof own === 'function' && !(key in change) ? own.bind(target) : own;
    },
  });
}

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  test('a server that ends the connection between two queries', async () => {
    await withDatabase(major, 'create table t (a int)', async (address) => {
      let asked = 0;
      const context = withSessions((session) =>
        like(session, {
          queryAll: async <Row>(statements: readonly BoundStatement[]) => {
            asked++;
            // While the catalogs of the second side are read.
            if (asked === 2) await ask({ ...testServer(major) }, `select pg_terminate_backend(${session.backendPid}, 10000)`);
            return await session.queryAll<Row>(statements);
          },
        }),
      );
      const compared = await compareSides(address, address, context);
      expect(compared).toMatchObject({ ok: false, failure: { code: 'compare-failed' } });
      expect(asked).toBeGreaterThanOrEqual(2);
    });
  });

  test('a catalog that the role may not read: fine while nothing is in it', async () => {
    const role = `reader_${randomBytes(4).toString('hex')}`;
    await ask(testServer(major), `create role ${role} login`);
    try {
      await withDatabase(major, 'create table t (a int); grant select on t to public', async (address, run) => {
        const reader = { ...address, user: role };
        const compared = await compareSides(reader, reader);
        expect(compared).toMatchObject({ ok: true, value: { differences: [] } });
        expect(compared.ok && compared.value.scope.incomplete).toBeUndefined();
        await run('create foreign data wrapper w; create server s foreign data wrapper w; create user mapping for public server s options (password $$x$$)');
        expect(await compareSides(reader, address)).toMatchObject({
          ok: false,
          failure: { code: 'compare-failed', rootCause: 'privileges', message: expect.stringContaining('pg_user_mapping.umoptions') },
        });
        expect(await compareSides(address, address)).toMatchObject({ ok: true, value: { differences: [] } });
      });
    } finally {
      await ask(testServer(major), `drop role ${role}`);
    }
  });

  test('a major that is not known yet is compared by its catalogs, and that is said', async () => {
    await withDatabase(major, 'create table t (a int)', async (left) =>
      withDatabase(major, 'create table t (a bigint)', async (right) => {
        const future = withSessions((session) => like(session, { serverVersionNum: 190_001 }));
        const compared = await compareSides(left, right, future);
        // Only where the queries of the newest known major fit what is really there.
        if (major === 15) expect(compared).toMatchObject({ ok: false, failure: { code: 'compare-failed' } });
        else {
          if (!compared.ok) throw new Error(compared.failure.message);
          expect(compared.value.differences).toMatchObject([{ object: { kind: 'column', name: 'public.t.a' }, property: 'type' }]);
          expect(compared.value.scope.engines).toEqual(['catalog facts']);
          expect(compared.value.scope.incomplete?.join('\n')).toMatch(/left is PostgreSQL 19, which is not known.*\n.*right.*\n.*no pg_dump/);
        }
      }),
    );
  });
});
