import { expect, test } from 'vitest';
import { ask, withOwnServer } from '../../../test/support/own-server.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { TargetRoles } from './target-roles.ts';
import { openTarget } from './target-server.ts';
import { watchCluster } from './watch-cluster.ts';

const setUp = `
  create role "Team" nologin;
  create role alice login password 'secret' connection limit 3 valid until '2030-01-01';
  create role bob createrole;
  grant "Team" to alice with admin option;
  grant "Team" to bob;
  alter role alice set search_path = "A b", public;
  alter database postgres set work_mem = '5MB'`;

const state = `
  select 'role' as what, (to_jsonb(a) - 'oid')::text as value from pg_authid a where rolname !~ '^pg_'
  union all select 'member', pg_get_userbyid(roleid) || pg_get_userbyid(member) || pg_get_userbyid(grantor) || (to_jsonb(m) - '{oid,roleid,member,grantor}'::text[])::text
    from pg_auth_members m where pg_get_userbyid(roleid) !~ '^pg_'
  union all select 'setting', coalesce(pg_get_userbyid(nullif(setrole, 0)), '') || setdatabase::text || setconfig::text from pg_db_role_setting
  order by 1, 2`;

test.each([15, 18] as const)('PostgreSQL %s: roles, memberships and settings of others come back as they were', async (major) => {
  await withOwnServer(major, { hba: ['host all all 127.0.0.1/32 trust'] }, async ({ tcp }) => {
    await withContext(async (context) => {
      await ask(tcp, setUp);
      const before = await ask(tcp, state);
      const target = unwrap(await openTarget(context, { address: tcp }));
      const roles = new TargetRoles(target);
      const change = async (sql: string) => {
        const watch = unwrap(await watchCluster(context, target, roles));
        for (const statement of sql.split(';')) await ask(tcp, statement);
        return unwrap(await watch.settle(context, sql));
      };
      expect(await change('drop role alice')).toEqual({
        undone: ['role alice is gone', 'membership alice in Team is gone', 'setting alice is gone'],
        remaining: [],
      });
      expect(await ask(tcp, state)).toEqual(before);

      const altered = `alter role alice superuser password null valid until 'infinity'; revoke admin option for "Team" from alice; revoke "Team" from bob;
        grant bob to alice; alter role alice reset all; alter database postgres set work_mem = '6MB'; alter database postgres set default_text_search_config = simple`;
      expect((await change(altered)).remaining).toEqual([]);
      expect(await ask(tcp, state)).toEqual(before);

      // What can't be put back is told, and what nothing of ours names is left alone.
      const odd = await change('create role carol; create database extra; alter system set work_mem = 100');
      expect(odd).toEqual({ undone: ['role carol was made'], remaining: ['database extra was made', 'system setting work_mem was made'] });
      const watch = unwrap(await watchCluster(context, target, roles));
      await ask(tcp, 'alter role bob createdb');
      const settled = unwrap(await watch.settle(context, 'select 1'));
      expect(settled).toEqual({ undone: [], remaining: ['role bob was changed, by whom is not known: no statement that was run names it'] });
      expect(await ask(tcp, "select rolcreatedb from pg_roles where rolname = 'bob'")).toEqual([{ rolcreatedb: true }]);

      expect(await roles.removeAll(context)).toMatchObject({ ok: true });
      expect(await ask(tcp, "select 1 from pg_roles where rolname = 'carol'")).toEqual([]);
    });
  });
});
