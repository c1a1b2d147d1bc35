/**
 * What production gives a role at log-in (`alter role … set`), in all databases first, then in this one: SET ROLE brings none of it. Time limits and what
 * decides who is asking are left to who runs something as that role. $1 is the role's name; rows are name and value.
 *
 * Source: PostgreSQL documentation, pg_db_role_setting; a setting of the role in the database wins over one of the role.
 */
export const roleSettingsQuery = `
select pg_catalog.split_part(c, '=', 1) as name, pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) as value
from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) with ordinality as u (c, n)
where s.setrole = (select r.oid from pg_catalog.pg_roles r where r.rolname = $1)
  and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
  and c !~* '^(statement_timeout|lock_timeout|transaction_timeout|idle_in_transaction_session_timeout|idle_session_timeout|role|session_authorization)='
order by s.setdatabase, u.n`;

export interface RoleSetting {
  readonly name: string;
  readonly value: string;
}
