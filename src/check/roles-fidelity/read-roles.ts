import type { Session } from '../../core/ports.ts';
import type { RoleFacts, RoleMembership } from '../../core/source-facts.ts';

/** What decides how a role acts. LOGIN and passwords are left out: nobody logs in to a clone as in production. */
export type ComparedRole = Pick<
  RoleFacts,
  'name' | 'superuser' | 'inherit' | 'createRole' | 'createDb' | 'replication' | 'bypassRls' | 'connectionLimit' | 'settings'
>;
export type ComparedMembership = Pick<RoleMembership, 'role' | 'member' | 'admin' | 'inherit' | 'set'>;

export interface RolesRead {
  readonly roles: readonly ComparedRole[];
  readonly memberships: readonly ComparedMembership[];
}

const rolesQuery = `
select r.rolname as name, r.rolsuper as superuser, r.rolinherit as inherit, r.rolcreaterole as "createRole", r.rolcreatedb as "createDb",
       r.rolreplication as replication, r.rolbypassrls as "bypassRls", r.rolconnlimit as "connectionLimit",
       coalesce((select pg_catalog.json_object_agg(coalesce(d.datname, ''), s.setconfig)
                 from pg_catalog.pg_db_role_setting s left join pg_catalog.pg_database d on d.oid = s.setdatabase
                 where s.setrole = r.oid), '{}'::json) as settings
from pg_catalog.pg_roles r
where r.rolname !~ '^pg_'
order by r.rolname collate "C"`;

/** Since PostgreSQL 16 each grant says whether the member inherits and may SET ROLE. */
const membershipsQuery = `
select r.rolname as role, m.rolname as member, pg_catalog.bool_or(a.admin_option) as admin,
       pg_catalog.bool_or(a.inherit_option) as inherit, pg_catalog.bool_or(a.set_option) as "set"
from pg_catalog.pg_auth_members a
join pg_catalog.pg_roles r on r.oid = a.roleid
join pg_catalog.pg_roles m on m.oid = a.member
where m.rolname !~ '^pg_'
group by r.rolname, m.rolname
order by r.rolname collate "C", m.rolname collate "C"`;

const olderMembershipsQuery = `
select r.rolname as role, m.rolname as member, pg_catalog.bool_or(a.admin_option) as admin, null::boolean as inherit, null::boolean as "set"
from pg_catalog.pg_auth_members a
join pg_catalog.pg_roles r on r.oid = a.roleid
join pg_catalog.pg_roles m on m.oid = a.member
where m.rolname !~ '^pg_'
group by r.rolname, m.rolname
order by r.rolname collate "C", m.rolname collate "C"`;

/** Reads the roles of a server. Throws SqlError. */
export async function readRoles(session: Session): Promise<RolesRead> {
  return {
    roles: await session.query<ComparedRole>(rolesQuery),
    memberships: await session.query<ComparedMembership>(session.serverVersionNum >= 160_000 ? membershipsQuery : olderMembershipsQuery),
  };
}
