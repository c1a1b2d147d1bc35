import { firstUserOid, keyOf, type ObjectClass, relations, union } from '../classes/object-class.ts';
import { objectClasses } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

/**
 * SQL: the classes of whose objects a catalog says anything. What comes with the server has comments too, which aren't read. Nor is what is said of objects
 * that other families read: subscriptions.
 *
 * @param said pg_description or one like it
 */
function classesIn(said: string, classes: readonly ObjectClass[] = objectClasses): string {
  const keys = classes.map((one) => `'${keyOf(one)}'`).join(', ');
  return `select r.key from (
          select case when s.of_part then 'columns' when s.relkind = 'S' then 'sequences' when s.relkind in ('i', 'I') then 'indexes' else k.relname::text end as key
            from (select distinct s.classoid, s.objsubid > 0 as of_part,
                         case when s.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and s.objsubid = 0
                              then (select c.relkind from pg_catalog.pg_class c where c.oid = s.objoid) end as relkind
                    from ${said} s
                   where s.objoid >= ${firstUserOid}
                      or s.classoid in ('pg_catalog.pg_namespace'::pg_catalog.regclass, 'pg_catalog.pg_extension'::pg_catalog.regclass,
                           'pg_catalog.pg_largeobject'::pg_catalog.regclass)) s
            join pg_catalog.pg_class k on k.oid = s.classoid) r
           where r.key in (${keys})`;
}

/** To look for those of tables and views once more would take longer than all that their own families tell. */
const commented = objectClasses.filter((one) => keyOf(one) !== relations);

/** Comments on every kind of object but tables and views, whose own families tell theirs. */
export const comments: FactFamily = {
  name: 'comments',
  classes: () => classesIn('pg_catalog.pg_description', commented),
  adds: true,
  sql: (major, classes) =>
    union(
      commented,
      major,
      classes,
      ({ catalog }, rows) => `
      select o.kind, o.name, o.parent, o.home, o.prefix || 'comment' as property, quote_literal(d.description) as value
        from ${rows} o
        join pg_catalog.pg_description d
          on d.classoid = 'pg_catalog.${catalog}'::pg_catalog.regclass and d.objoid = o.oid and d.objsubid = o.subid
       where o.own`,
    ),
};

/** Labels that security modules (SELinux, anon, …) give to objects. */
export const securityLabels: FactFamily = {
  name: 'security labels',
  classes: () => classesIn('pg_catalog.pg_seclabel'),
  adds: true,
  sql: (major, classes) =>
    union(
      objectClasses,
      major,
      classes,
      ({ catalog }, rows) => `
      select o.kind, o.name, o.parent, o.home, o.prefix || 'security label ' || quote_ident(l.provider) as property, quote_literal(l.label) as value
        from ${rows} o
        join pg_catalog.pg_seclabel l on l.classoid = 'pg_catalog.${catalog}'::pg_catalog.regclass and l.objoid = o.oid and l.objsubid = o.subid
       where o.own`,
    ),
};

/** ALTER … DEPENDS ON EXTENSION: the object goes when the extension is dropped. */
export const extensionDependencies: FactFamily = {
  name: 'dependencies on extensions',
  catalog: 'pg_depend',
  rowsOfCatalog: `c.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and c.deptype = 'x'`,
  adds: true,
  sql: (major, classes) =>
    union(
      objectClasses.filter(({ catalog }) => ['pg_class', 'pg_proc', 'pg_trigger'].includes(catalog)),
      major,
      classes,
      ({ catalog }, rows) => `
      select o.kind, o.name, o.parent, o.home, o.prefix || 'depends on extension ' || quote_ident(x.extname) as property, 'yes' as value
        from ${rows} o
        join pg_catalog.pg_depend d
          on d.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and d.objid = o.oid and d.objsubid = o.subid
         and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'x'
        join pg_catalog.pg_extension x on x.oid = d.refobjid
       where o.own`,
    ),
};
