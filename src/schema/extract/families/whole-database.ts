import { hideSetting } from '../../compare/hide-secrets.ts';
import { fewLargeObjects } from '../classes/database-classes.ts';
import { wanted } from '../classes/object-class.ts';
import { rowsOfClass } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';
import { grants } from '../grants.ts';

/** Names of settings tell whether they hold secrets. */
const keep: FactFamily['keep'] = ({ property, value }) => (/^setting /.test(property) ? hideSetting(property, value) : value);

const thisDatabase = `'database' as kind, 'this database' as name, null as parent, d.oid as home`;

/** The locale of ICU or of the server itself: its column was renamed. */
function locale(major: number): string {
  return major >= 17 ? 'd.datlocale' : major >= 15 ? 'd.daticulocale' : 'null::text';
}

/** The database itself: how it encodes and sorts, whose it is, what is set for it. Its name may differ. */
export const database: FactFamily = {
  name: 'database',
  properties: [
    'encoding',
    'collate of the database',
    'ctype of the database',
    'locale provider',
    'locale of the database',
    'ICU rules of the database',
    'collation version of the database',
    'owner',
    'privileges',
    'connection limit of the database',
    'default tablespace',
    'comment',
  ],
  keep,
  sql: (major) => `
    select ${thisDatabase},
           pg_catalog.pg_encoding_to_char(d.encoding) as "encoding",
           d.datcollate::text as "collate of the database",
           d.datctype::text as "ctype of the database",
           ${major >= 15 ? `case d.datlocprovider when 'i' then 'icu' when 'b' then 'builtin' end` : 'null::text'} as "locale provider",
           ${locale(major)} as "locale of the database",
           ${major >= 16 ? 'd.daticurules' : 'null::text'} as "ICU rules of the database",
           ${major >= 15 ? 'd.datcollversion' : 'null::text'} as "collation version of the database",
           quote_ident(pg_catalog.pg_get_userbyid(d.datdba)) as "owner",
           ${grants({ acl: 'd.datacl', owner: 'd.datdba', type: `'d'`, base: `case when d.datacl is not null then pg_catalog.acldefault('d', d.datdba) end` })}
             as "privileges",
           nullif(d.datconnlimit, -1)::text as "connection limit of the database",
           (select quote_ident(t.spcname) from pg_catalog.pg_tablespace t where t.oid = d.dattablespace and t.spcname <> 'pg_default') as "default tablespace",
           quote_literal(pg_catalog.shobj_description(d.oid, 'pg_database')) as "comment",
           (select jsonb_object_agg(f.property, f.value)
              from (select 'setting of the database ' || split_part(s.setting, '=', 1) || coalesce(' for role ' || quote_ident(r.rolname), '') as property,
                           substr(s.setting, strpos(s.setting, '=') + 1) as value
                      from pg_catalog.pg_db_role_setting g
                      left join pg_catalog.pg_roles r on r.oid = g.setrole
                      cross join lateral unnest(g.setconfig) s (setting)
                     where g.setdatabase = d.oid
                    union all
                    select 'security label ' || quote_ident(l.provider), quote_literal(l.label)
                      from pg_catalog.pg_shseclabel l
                     where l.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass and l.objoid = d.oid) f) as more
      from pg_catalog.pg_database d
     where d.datname = pg_catalog.current_database() and ${wanted('d.oid')}`,
};

/** That large objects are there; what they hold is data. Where there are very many, a sum for each owner. */
export const largeObjects: FactFamily = {
  name: 'large objects',
  catalog: 'pg_largeobject_metadata',
  rowsOfCatalog: 'true',
  properties: ['content'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home, null::text as "content", null::pg_catalog.jsonb as more
      from ${rowsOfClass('pg_largeobject', major)} o
    union all
    select 'large object', 'all of ' || quote_ident(pg_catalog.pg_get_userbyid(m.lomowner)), null, m.lomowner,
           format('%s, SHA-256 of their numbers and rights: %s', count(*), encode(pg_catalog.sha256(pg_catalog.convert_to(
             string_agg(concat_ws(' ', m.oid, m.lomacl::text, pg_catalog.obj_description(m.oid, 'pg_largeobject')), e'\\n' order by m.oid), 'UTF8')), 'hex')),
           null::pg_catalog.jsonb
      from pg_catalog.pg_largeobject_metadata m
     where not ${fewLargeObjects} and ${wanted('m.lomowner')}
     group by m.lomowner`,
};

/** Roles that objects of this database refer to, as owners, in rights or policies, with the roles whose members they are. */
const referred = `
  with recursive referred (oid) as (
    select s.refobjid
      from pg_catalog.pg_shdepend s
     where s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
       and s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
    union
    select m.roleid from referred r join pg_catalog.pg_auth_members m on m.member = r.oid)`;

/**
 * What such a role may do by itself, by membership and by rights on parameters. A role that only one side refers to says nothing new: the object that refers to it does.
 * Whether it can log in, and until when, is the server's to say: a difference of the environment. With which password, nobody may read.
 */
export const roles: FactFamily = {
  name: 'roles',
  properties: ['attributes', 'login', 'valid until', 'connection limit of the role', 'comment'],
  keep,
  sql: (major) => `
    ${referred}
    select 'role' as kind, quote_ident(r.rolname) as name, null as parent, r.oid as home,
           concat_ws(' ', case when r.rolsuper then 'SUPERUSER' end, case when r.rolbypassrls then 'BYPASSRLS' end, case when r.rolcreaterole then 'CREATEROLE' end,
             case when r.rolcreatedb then 'CREATEDB' end, case when r.rolreplication then 'REPLICATION' end, case when r.rolinherit then 'INHERIT' else 'NOINHERIT' end) as "attributes",
           case when r.rolcanlogin then 'yes' end as "login",
           (r.rolvaliduntil at time zone 'UTC')::text as "valid until",
           nullif(r.rolconnlimit, -1)::text as "connection limit of the role",
           quote_literal(pg_catalog.shobj_description(r.oid, 'pg_authid')) as "comment",
           (select jsonb_object_agg(f.property, f.value)
              from (select 'member of ' || quote_ident(g.rolname) as property, ${membership(major)} as value
                      from pg_catalog.pg_auth_members m
                      join pg_catalog.pg_roles g on g.oid = m.roleid
                     where m.member = r.oid
                     group by g.rolname
                    union all
                    select 'setting ' || split_part(s.setting, '=', 1), substr(s.setting, strpos(s.setting, '=') + 1)
                      from pg_catalog.pg_db_role_setting g cross join lateral unnest(g.setconfig) s (setting)
                     where g.setrole = r.oid and g.setdatabase = 0
                    union all
                    select 'security label ' || quote_ident(l.provider), quote_literal(l.label)
                      from pg_catalog.pg_shseclabel l
                     where l.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass and l.objoid = r.oid${
                       major >= 15
                         ? `
                    union all
                    select 'rights on parameter ' || p.parname, string_agg(concat(x.privilege_type, case when x.is_grantable then ' WITH GRANT OPTION' end), ', '
                             order by x.privilege_type, x.is_grantable)
                      from pg_catalog.pg_parameter_acl p cross join lateral pg_catalog.aclexplode(p.paracl) x
                     where x.grantee = r.oid
                     group by p.parname`
                         : ''
                     }) f) as more
      from referred f
      join pg_catalog.pg_roles r on r.oid = f.oid
     where r.oid >= 16384 and ${wanted('r.oid')}`,
};

/** From version 16 on one membership may come from several grantors, with options of its own; what any of them allows is allowed. */
function membership(major: number): string {
  const inherit =
    major >= 16
      ? `case when bool_or(m.inherit_option) then 'inherits' else 'does not inherit' end`
      : `case when r.rolinherit then 'inherits' else 'does not inherit' end`;
  const set = major >= 16 ? `case when not bool_or(m.set_option) then 'may not set role' end` : 'null';
  return `concat_ws(', ', ${inherit}, case when bool_or(m.admin_option) then 'with admin option' end, ${set})`;
}
