import { wanted } from '../classes/object-class.ts';
import { rowsOfClass } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';
import { grants } from '../grants.ts';

/** Schemas: that they are there. Owner and rights come by themselves. */
export const schemas: FactFamily = {
  name: 'schemas',
  properties: [],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home, null::pg_catalog.jsonb as more
      from ${rowsOfClass('pg_namespace', major)} o
     where o.own`,
};

/** Extensions, with the tables whose rows are the user's configuration. */
export const extensions: FactFamily = {
  name: 'extensions',
  properties: ['schema', 'version', 'installed by', 'configuration'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           case when exists (select from pg_catalog.pg_depend d
                              where d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass and d.objid = x.extnamespace
                                and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.refobjid = x.oid and d.deptype = 'e')
                then null else quote_ident(n.nspname) end as "schema",
           x.extversion as "version",
           quote_ident(pg_catalog.pg_get_userbyid(x.extowner)) as "installed by",
           (select string_agg(format('%I.%I %s', cn.nspname, c.relname, x.extcondition[t.place]), e'\\n' order by cn.nspname, c.relname)
              from unnest(x.extconfig) with ordinality t (relation, place)
              join pg_catalog.pg_class c on c.oid = t.relation
              join pg_catalog.pg_namespace cn on cn.oid = c.relnamespace) as "configuration",
           null::pg_catalog.jsonb as more
      from ${rowsOfClass('pg_extension', major)} o
      join pg_catalog.pg_extension x on x.oid = o.oid
      join pg_catalog.pg_namespace n on n.oid = x.extnamespace`,
};

export const eventTriggers: FactFamily = {
  name: 'event triggers',
  catalog: 'pg_event_trigger',
  properties: ['definition', 'enabled'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           concat('ON ', e.evtevent, ' WHEN TAG IN (' || (select string_agg(quote_literal(t), ', ' order by t collate "C") from unnest(e.evttags) t) || ')',
                  ' EXECUTE FUNCTION ', e.evtfoid::pg_catalog.regprocedure) as "definition",
           case e.evtenabled when 'D' then 'no' when 'R' then 'on replicas' when 'A' then 'always' else 'yes' end as "enabled",
           null::pg_catalog.jsonb as more
      from ${rowsOfClass('pg_event_trigger', major)} o
      join pg_catalog.pg_event_trigger e on e.oid = o.oid
     where o.own`,
};

/** What new objects will be allowed by themselves, as it differs from the server's own defaults. */
export const defaultPrivileges: FactFamily = {
  name: 'default privileges',
  catalog: 'pg_default_acl',
  rowsOfCatalog: 'true',
  properties: ['privileges'],
  sql: () => `
    select 'default privileges' as kind,
           format('for role %I%s on %s', pg_catalog.pg_get_userbyid(d.defaclrole), ' in schema ' || quote_ident(n.nspname),
             case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
                                  when 'n' then 'schemas' when 'L' then 'large objects' else d.defaclobjtype::text end) as name,
           null as parent, d.oid as home, g.value as "privileges", null::pg_catalog.jsonb as more
      from pg_catalog.pg_default_acl d
      left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
      cross join lateral (select case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end as type) t
      cross join lateral (select ${grants({
        acl: 'd.defaclacl',
        owner: 'd.defaclrole',
        type: 't.type',
        base: 'case when d.defaclnamespace = 0 then pg_catalog.acldefault(t.type, d.defaclrole) end',
      })} as value) g
     where g.value is not null and ${wanted('d.oid')}`,
};
