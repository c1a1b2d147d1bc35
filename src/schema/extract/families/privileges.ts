import { keyOf, union } from '../classes/object-class.ts';
import { objectClasses } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';
import { grants } from '../grants.ts';

/** SQL: what initdb grants on the views of information_schema, which it doesn't write down as it does for pg_catalog. */
const inInformationSchema = `case when o.name ~ '^information_schema(\\.|$)' and o.acl_type in ('r', 'n') then
  pg_catalog.acldefault(o.acl_type::"char", o.owner) || pg_catalog.makeaclitem(0, o.owner, case o.acl_type when 'r' then 'SELECT' else 'USAGE' end, false) end`;

const grantable = objectClasses.filter(({ withoutRights }) => !withoutRights);

/** To know the columns of all sequences takes longer than all else here, and grants on sequences are rare. */
const anyGrantOnSequence = `where exists (select from pg_catalog.pg_class c where c.relkind = 'S' and c.relacl is not null)`;

/**
 * Rights as they differ from what the object would have by itself: by its kind, or as its extension or initdb made it. So an ACL that spells out the
 * default is no fact, nor is the order of grants; and of objects that aren't the user's own, what was changed is.
 *
 * Thousands of tables have a few ACLs: each is taken apart once.
 */
export const privileges: FactFamily = {
  name: 'privileges',
  adds: true,
  classes: () => grantable.map((one) => `select '${keyOf(one)}' ${keyOf(one) === 'sequences' ? anyGrantOnSequence : ''}`).join(' union all '),
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
