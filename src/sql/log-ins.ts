/**
 * Roles but superusers and the server's own, and what keeps each out of the database that is asked. Whether and until when a role may log in at all isn't among it: on a
 * clone only the role that migrates may.
 */
export const logInsQuery = `
select r.oid::text as oid, r.rolname::text as role,
       case when not d.datallowconn then 'the database allows no connections'
            when d.datconnlimit = 0 then 'the database allows 0 connections'
            when not pg_catalog.has_database_privilege(r.oid, d.oid, 'CONNECT') then 'it has no right to connect to the database'
            when r.rolconnlimit = 0 then 'it is allowed 0 connections' end as refused
from pg_catalog.pg_roles r
cross join pg_catalog.pg_database d
where d.datname = pg_catalog.current_database() and not r.rolsuper and r.rolname !~ '^pg_'
order by r.rolname collate "C"`;

/** A role, and whether it may begin sessions in the database that is asked. */
export interface LogIn {
  readonly oid: string;
  readonly role: string;
  /** A clause; null where nothing keeps it out. */
  readonly refused: string | null;
}
