import { union } from '../classes/object-class.ts';
import { objectClasses } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';
import { grants } from '../grants.ts';

/** SQL: what initdb grants on the views of information_schema, which it doesn't write down as it does for pg_catalog. */
const inInformationSchema = `case when o.name ~ '^information_schema(\\.|$)' and o.acl_type in ('r', 'n') then
  pg_catalog.acldefault(o.acl_type::"char", o.owner) || pg_catalog.makeaclitem(0, o.owner, case o.acl_type when 'r' then 'SELECT' else 'USAGE' end, false) end`;

/**
 * Rights as they differ from what the object would have by itself: by its kind, or as its extension or initdb made it. So an ACL that spells out the
 * default is no fact, nor is the order of grants; and of objects that aren't the user's own, what was changed is.
 */
export const privileges: FactFamily = {
  name: 'privileges',
  adds: true,
  sql: (major) => `
    with o as (
      ${union(
        objectClasses,
        major,
        ({ catalog }, rows) => `
        select o.kind, o.name, o.parent, o.home, o.prefix, o.owner, o.acl, o.acl_type, i.initprivs as initial
          from ${rows} o
          left join pg_catalog.pg_init_privs i
            on i.classoid = 'pg_catalog.${catalog}'::pg_catalog.regclass and i.objoid = o.oid and i.objsubid = o.subid
         where o.acl is not null and o.acl is distinct from i.initprivs`,
      )})
    select o.kind, o.name, o.parent, o.home, o.prefix || 'privileges' as property, g.value
      from o
      cross join lateral (select ${grants({
        acl: 'o.acl',
        owner: 'o.owner',
        type: 'o.acl_type',
        base: `coalesce(o.initial, ${inInformationSchema}, case when o.acl_type <> 'c' then pg_catalog.acldefault(o.acl_type::"char", o.owner) end)`,
      })} as value) g
     where g.value is not null`,
};
