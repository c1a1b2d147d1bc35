import { union } from '../classes/object-class.ts';
import { objectClasses } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

/** Comments on every kind of object. */
export const comments: FactFamily = {
  name: 'comments',
  adds: true,
  sql: (major) =>
    union(
      objectClasses,
      major,
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
  adds: true,
  sql: (major) =>
    union(
      objectClasses,
      major,
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
  adds: true,
  sql: (major) =>
    union(
      objectClasses.filter(({ catalog }) => ['pg_class', 'pg_proc', 'pg_trigger'].includes(catalog)),
      major,
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
