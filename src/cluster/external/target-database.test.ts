import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { testServer } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import type { Context } from '../../core/ports.ts';
import type { LocaleSettings } from '../../core/server.ts';
import { copyOfDatabase, makeEmptyDatabase } from './make-database.ts';
import { removeTargetDatabase } from './remove-database.ts';
import { removeTargetRole, TargetRoles } from './target-roles.ts';
import { onTarget, openTarget, type TargetServer } from './target-server.ts';

const plain: LocaleSettings = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' };

async function onServer(major: 15 | 18, use: (context: Context, target: TargetServer) => Promise<void>): Promise<void> {
  await withContext(async (context) => await use(context, unwrap(await openTarget(context, { address: testServer(major) }))));
}

const exists = async (target: TargetServer, name: string) =>
  (
    await ask(
      target.address,
      `select datname as name from pg_catalog.pg_database where datname = '${name}' union all select rolname from pg_catalog.pg_roles where rolname = '${name}'`,
    )
  ).length;

test.each([15, 18] as const)('PostgreSQL %s: what holds on to a database of ours goes with it', async (major) => {
  await onServer(major, async (context, target) => {
    const made = unwrap(await makeEmptyDatabase(context, target, 'clone', 'held', plain));
    const slot = `slot_${randomBytes(4).toString('hex')}`;
    await ask(made.admin, `create table t (i int); create subscription "S ${slot}" connection 'host=removed.invalid' publication p with (connect = false)`);
    await ask(made.admin, `select pg_catalog.pg_create_logical_replication_slot('${slot}', 'pgoutput')`);
    await ask(made.admin, `begin; insert into t values (1); prepare transaction 'it''s ${slot}'`);
    expect(await made.remove()).toEqual({ ok: true, value: undefined });
    expect(await exists(target, made.name)).toBe(0);
    expect(await ask(target.address, `select 1 from pg_catalog.pg_replication_slots where slot_name = '${slot}'`)).toEqual([]);
  });
});

test('a locale that the server lacks is replaced and named', async () => {
  await onServer(18, async (context, target) => {
    const wanted = { ...plain, collate: 'tlh_KX.UTF-8', ctype: 'tlh_KX.UTF-8' };
    const made = unwrap(await makeEmptyDatabase(context, target, 'clone', 'klingon', wanted));
    expect(made).toMatchObject({ locale: { collate: 'C' }, losses: [{ object: { kind: 'locale', name: 'tlh_KX.UTF-8' } }] });
    await made.remove();
  });
});

test('a copy holds what its template holds, and changes nothing in it', async () => {
  await onServer(18, async (context, target) => {
    const image = unwrap(await makeEmptyDatabase(context, target, 'image', 'image', plain));
    await ask(image.admin, 'create table t as select generate_series(1, 1000) as i');
    await ask(target.address, `alter database ${image.name} allow_connections false`);
    const clones = await Promise.all(['one', 'two'].map(async (label) => unwrap(await copyOfDatabase(context, target, label, image.name))));
    for (const { admin } of clones) expect(await ask(admin, 'delete from t returning i')).toHaveLength(1000);
    const again = unwrap(await copyOfDatabase(context, target, 'three', image.name));
    expect(await ask(again.admin, 'select count(*)::int as n from t')).toEqual([{ n: 1000 }]);
    for (const { remove } of [...clones, again, image]) await remove();
  });
});

test('a ledger line alone is no proof: without the stamp of that line, database and role stay', async () => {
  await onServer(18, async (context, target) => {
    const made = unwrap(await makeEmptyDatabase(context, target, 'clone', 'disputed', plain));
    const comment = (text: string) => ask(target.address, `comment on role ${made.name} is '${text}'`);
    const [{ stamp } = { stamp: '' }] = await ask(
      target.address,
      `select shobj_description(oid, 'pg_authid') as stamp from pg_roles where rolname = '${made.name}'`,
    );
    for (const other of ['', 'hello', '{"tool":"pgrehearse"', JSON.stringify({ tool: 'pgrehearse', id: 'database-another' })]) {
      await comment(other);
      const refused = await removeTargetDatabase(context, made.resource, target.address);
      expect(refused, other).toMatchObject({ ok: false, failure: { code: 'cleanup-failed' } });
      expect(await exists(target, made.name), other).toBe(2);
    }
    await ask(target.address, `drop role ${made.name}`);
    expect(await removeTargetDatabase(context, made.resource, target.address)).toMatchObject({ ok: false });
    await ask(target.address, `create role ${made.name}`);
    await comment(String(stamp));
    expect(await removeTargetDatabase(context, made.resource, target.address)).toMatchObject({ ok: true });
  });
});

test('a role of ours is found under another name and without its comment; a namesake is not ours', async () => {
  await onServer(18, async (context, target) => {
    const roles = new TargetRoles(target);
    const name = `ours_${randomBytes(4).toString('hex')}`;
    const make = () =>
      onTarget(context, target.address, async (session) => ({ ok: true, value: await roles.make(context, session, name, `create role ${name}`) }));
    unwrap(await make());
    await ask(target.address, `alter role ${name} rename to ${name}_x`);
    expect(await roles.removeAll(context)).toMatchObject({ ok: true });
    expect(await exists(target, `${name}_x`)).toBe(0);

    unwrap(await make());
    await ask(target.address, `comment on role ${name} is null`);
    expect(await roles.removeAll(context)).toMatchObject({ ok: true });

    unwrap(await make());
    const [line] = await context.ledger.list();
    await ask(target.address, `drop role ${name}; create role ${name}`);
    if (line === undefined) throw new Error('no ledger line');
    expect(await removeTargetRole(context, line, target.address)).toMatchObject({ ok: false });
    await ask(target.address, `drop role ${name}`);
    expect(await roles.removeAll(context)).toMatchObject({ ok: true });
  });
});
