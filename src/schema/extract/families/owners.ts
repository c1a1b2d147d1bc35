import { anyOwn, keyOf, relations, union } from '../classes/object-class.ts';
import { objectClasses } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

const owned = objectClasses.filter((one) => !one.parts && keyOf(one) !== relations);

/** SQL: whether there is any such object, where that isn't told by the oids of a catalog's rows. */
const anyOf: Readonly<Record<string, string>> = {
  pg_namespace: 'true',
  pg_extension: 'true',
  pg_largeobject: 'exists (select from pg_catalog.pg_largeobject_metadata)',
  sequences: anyOwn('sequences'),
};

/** Whose each object is; of tables and views their own families tell that. A sequence of an identity column always has the owner of its table. */
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
      (_, rows) => `
      select o.kind, o.name, o.parent, o.home, quote_ident(pg_catalog.pg_get_userbyid(o.owner)) as "owner", null::pg_catalog.jsonb as more
        from ${rows} o
       where o.own and o.owner is not null and o.prefix = ''`,
    ),
};
