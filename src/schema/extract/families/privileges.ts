import { keyOf, type ObjectClass, union } from '../classes/object-class.ts';
import { objectClasses } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';
import { grants } from '../grants.ts';

/** SQL: what initdb grants on the views of information_schema, which it doesn't write down as it does for pg_catalog. */
const inInformationSchema = `case when o.name ~ '^information_schema(\\.|$)' and o.acl_type in ('r', 'n') then
  pg_catalog.acldefault(o.acl_type::"char", o.owner) || pg_catalog.makeaclitem(0, o.owner, case o.acl_type when 'r' then 'SELECT' else 'USAGE' end, false) end`;

const grantable = objectClasses.filter(({ withoutRights }) => !withoutRights);

/** Where the rights on a class's objects are kept, and which rows `c` these are. */
const kept: Readonly<
  Record<string, { readonly catalog: string; readonly acl: string; readonly oid?: string; readonly subid?: string; readonly where?: string }>
> = {
  columns: { catalog: 'marked_columns', acl: 'attacl', oid: 'attrelid', subid: 'attnum' },
  sequences: { catalog: 'pg_class', acl: 'relacl', where: `c.relkind = 'S'` },
  pg_class: { catalog: 'pg_class', acl: 'relacl' },
  pg_proc: { catalog: 'pg_proc', acl: 'proacl' },
  pg_type: { catalog: 'pg_type', acl: 'typacl' },
  pg_namespace: { catalog: 'pg_namespace', acl: 'nspacl' },
  pg_language: { catalog: 'pg_language', acl: 'lanacl' },
  pg_largeobject: { catalog: 'pg_largeobject_metadata', acl: 'lomacl' },
  pg_foreign_data_wrapper: { catalog: 'pg_foreign_data_wrapper', acl: 'fdwacl' },
  pg_foreign_server: { catalog: 'pg_foreign_server', acl: 'srvacl' },
};

/** Catalogs of which initdb fills none with rights. */
const withoutGrants = new Set(['pg_foreign_data_wrapper', 'pg_foreign_server']);

/** SQL: whether anybody changed the rights on objects of a class. To plan a look at all of them takes longer, and few classes have such objects. */
function anyChanged(one: ObjectClass): string {
  const { catalog, acl, oid = 'oid', subid = '0', where = 'true' } = kept[keyOf(one)] ?? {};
  if (catalog === undefined) return 'true';
  return `exists (
    select from ${catalog === 'marked_columns' ? catalog : `pg_catalog.${catalog}`} c
     where c.${acl} is not null and ${where}
       and not exists (
         select from pg_catalog.pg_init_privs i
          where i.classoid = 'pg_catalog.${one.catalog}'::pg_catalog.regclass and i.objoid = c.${oid} and i.objsubid = ${subid === '0' ? '0' : `c.${subid}`}
            and i.initprivs = c.${acl}))`;
}

/**
 * Rights as they differ from what the object would have by itself: by its kind, or as its extension or initdb made it. So an ACL that spells out the
 * default is no fact, nor is the order of grants; and of objects that aren't the user's own, what was changed is.
 *
 * Thousands of tables have a few ACLs: each is taken apart once.
 */
export const privileges: FactFamily = {
  name: 'privileges',
  adds: true,
  classes: (major, used) =>
    grantable
      .filter(({ since = 0, catalog }) => major >= since && (used.has(catalog) || !withoutGrants.has(catalog)))
      .map((one) => `select '${keyOf(one)}' where ${anyChanged(one)}`)
      .join('\nunion all\n'),
  sql: (major, classes) => `
    with o as materialized (
      ${union(
        grantable,
        major,
        classes,
        ({ catalog }, rows) => `
        select o.kind, o.name, o.parent, o.home, o.prefix, o.owner, o.acl, o.acl_type,
               coalesce(i.initprivs, ${inInformationSchema}, case when o.acl_type <> 'c' then pg_catalog.acldefault(o.acl_type::"char", o.owner) end) as base
          from ${rows} o
          left join pg_catalog.pg_init_privs i
            on i.classoid = 'pg_catalog.${catalog}'::pg_catalog.regclass and i.objoid = o.oid and i.objsubid = o.subid
         where o.acl is not null and o.acl is distinct from i.initprivs`,
      )}),
    g as materialized (
      select a.*, ${grants({ acl: 'a.acl', owner: 'a.owner', type: 'a.acl_type', base: 'a.base' })} as value
        from (select distinct o.acl, o.owner, o.acl_type, o.base from o) a)
    select o.kind, o.name, o.parent, o.home, o.prefix || 'privileges' as property, g.value
      from o
      join g on g.acl = o.acl and g.owner = o.owner and g.acl_type = o.acl_type and coalesce(g.base, '{}') = coalesce(o.base, '{}')
     where g.value is not null`,
};
