import { anyOwn, keyOf, union } from '../classes/object-class.ts';
import { objectClasses } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';
import { extensionMembers } from '../sql-pieces.ts';

/** A table of an extension is whose the extension is, or the first superuser's where the extension is a trusted one: that is no fact. */
const asItsExtension = `exists (select from ${extensionMembers} e where e.objid = o.oid and o.owner in (e.extowner, 10))`;

const owned = objectClasses.filter(({ parts }) => !parts);

/** SQL: whether there is any such object, where that isn't told by the oids of a catalog's rows. Tables of an extension are the user's too. */
const anyOf: Readonly<Record<string, string>> = {
  pg_class: 'true',
  pg_namespace: 'true',
  pg_extension: 'true',
  pg_largeobject: 'exists (select from pg_catalog.pg_largeobject_metadata)',
  sequences: anyOwn('sequences'),
};

/** Whose each object is. A sequence of an identity column always has the owner of its table. */
export const owners: FactFamily = {
  name: 'owners',
  adds: true,
  properties: ['owner'],
  classes: (major, used) =>
    owned
      .filter((one) => major >= (one.since ?? 0) && (used.has(one.catalog) || anyOf[keyOf(one)] !== undefined))
      .map((one) => `select '${keyOf(one)}' where ${anyOf[keyOf(one)] ?? anyOwn(one.catalog)}`)
      .join('\nunion all\n'),
  sql: (major, classes) =>
    union(
      owned,
      major,
      classes,
      ({ catalog }, rows) => `
      select o.kind, o.name, o.parent, o.home, quote_ident(pg_catalog.pg_get_userbyid(o.owner)) as "owner", null::pg_catalog.jsonb as more
        from ${rows} o
       where o.own and o.owner is not null and o.prefix = ''${catalog === 'pg_class' ? ` and not ${asItsExtension}` : ''}`,
    ),
};
