import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import type { Address } from '../core/server.ts';
import type { RoleFacts } from '../core/source-facts.ts';
import { makeEdge } from '../edge/make-edge.ts';
import { prepareMigrator } from './migrator.ts';

const plain: RoleFacts = {
  name: '',
  superuser: false,
  inherit: true,
  createRole: false,
  createDb: false,
  canLogin: true,
  replication: false,
  bypassRls: false,
  connectionLimit: -1,
  settings: {},
};

/** A clone with a NOLOGIN role of a random name, as the copy leaves it. */
async function withRole(
  attributes: string,
  use: (role: string, address: Address, run: (sql: string) => Promise<pg.QueryResult>) => Promise<void>,
): Promise<void> {
  const role = `m_${randomBytes(5).toString('hex')}`;
  await withDatabase(18, `create role ${role} nologin ${attributes}`, async (address, run) => {
    try {
      await use(role, address, run);
    } finally {
      await run(`reassign owned by ${role} to postgres; drop owned by ${role}; drop role ${role}`);
    }
  });
}

test('the role can log in, with its own session_user, and keeps its attributes', async () => {
  await withRole('noinherit createdb bypassrls', async (role, address, run) => {
    const prepared = await prepareMigrator(testContext(), address, [{ ...plain, name: role, inherit: false, createDb: true, bypassRls: true }], role);
    if (!prepared.ok) return expect.unreachable(prepared.failure.message);
    expect(prepared.value).toMatchObject({ role, known: true, superuser: false, notes: [], address: { user: role, database: address.database } });
    expect(JSON.stringify(prepared.value)).toContain('***');
    const session = await makeEdge().postgres.connect(prepared.value.address);
    if (!session.ok) return expect.unreachable();
    expect(await session.value.query('select session_user as s, current_user as c')).toEqual([{ s: role, c: role }]);
    await session.value.close();
    const after = await run(`select rolcanlogin, rolinherit, rolcreatedb, rolbypassrls, rolcreaterole, rolsuper from pg_roles where rolname = '${role}'`);
    expect(after.rows).toEqual([{ rolcanlogin: true, rolinherit: false, rolcreatedb: true, rolbypassrls: true, rolcreaterole: false, rolsuper: false }]);
  });
});

test('a role that production does not have, or that the clone lost', async () => {
  await withDatabase(18, '', async (address) => {
    expect(await prepareMigrator(testContext(), address, [{ ...plain, name: 'app' }], 'ap')).toMatchObject({
      ok: false,
      failure: { code: 'role-missing', message: 'production has no role ap, which migrate.role names' },
    });
    expect(await prepareMigrator(testContext(), address, [{ ...plain, name: 'lost_role_x' }], 'lost_role_x')).toMatchObject({
      ok: false,
      failure: { code: 'role-missing' },
    });
  });
});

test('a clone whose role may do more than production’s is refused', async () => {
  await withRole('superuser', async (role, address) => {
    const prepared = await prepareMigrator(testContext(), address, [{ ...plain, name: role }], role);
    expect(prepared).toMatchObject({
      ok: false,
      failure: { code: 'role-differs', rootCause: 'fidelity', message: expect.stringContaining('superuser is false in production and true on the clone') },
    });
  });
});

test('nobody named: the owner of the database, else of most tables, and never known', async () => {
  await withRole('', async (role, address, run) => {
    const roles = [{ ...plain, name: role, canLogin: false }];
    await run(`create table t (); alter table t owner to ${role}`);
    const byTables = await prepareMigrator(testContext(), address, roles, undefined);
    expect(byTables).toMatchObject({
      ok: true,
      value: {
        role,
        known: false,
        notes: [`migrate.role is not set: ${role} was taken, since it owns the most tables.`, expect.stringContaining("can't log in")],
      },
    });
    const fromDump = await prepareMigrator(testContext(), address, [], undefined);
    expect(fromDump).toMatchObject({ ok: true, value: { role, known: false } });
    await run(`alter database ${address.database} owner to ${role}`);
    expect(await prepareMigrator(testContext(), address, roles, undefined)).toMatchObject({
      ok: true,
      value: { role, known: false, notes: [expect.stringContaining('it owns the database'), expect.anything()] },
    });
    await run(`alter database ${address.database} owner to postgres`);
  });
  await withDatabase(18, '', async (address) => {
    expect(await prepareMigrator(testContext(), address, [], undefined)).toMatchObject({ ok: false, failure: { code: 'role-unknown' } });
  });
});

test('a superuser only where production’s migrator is one', async () => {
  await withDatabase(18, '', async (address) => {
    const postgres = { ...plain, name: 'postgres', superuser: true, createRole: true, createDb: true, replication: true, bypassRls: true };
    const prepared = await prepareMigrator(testContext(), address, [postgres], 'postgres');
    expect(prepared).toMatchObject({
      ok: true,
      value: { role: 'postgres', known: true, superuser: true, address, notes: [expect.stringContaining('is a superuser in production')] },
    });
  });
});
