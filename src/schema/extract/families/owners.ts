import { firstUserOid, keyOf, ownRows, union } from '../classes/object-class.ts';
import { objectClasses } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';
import { extensionMembers } from '../sql-pieces.ts';

/** A table of an extension is whose the extension is, or the first superuser's where the extension is a trusted one: that is no fact. */
const asItsExtension = `exists (select from ${extensionMembers} e where e.objid = o.oid and o.owner in (e.extowner, 10))`;

const owned = objectClasses.filter(({ parts }) => !parts);

/** SQL: rows of a class of which one that is the user's may have an owner, where they aren't known by their oids alone. */
const otherRows: Readonly<Record<string, string>> = {
  pg_namespace: 'select',
  pg_extension: 'select',
  pg_largeobject: 'select from pg_catalog.pg_largeobject_metadata',
  sequences: 'select from own_sequences',
};

/** Tables of an extension are the user's too. */
function rowsOf(catalog: string): string {
  return catalog === 'pg_class' ? `c.oid >= ${firstUserOid}` : ownRows(catalog);
}

/** Whose each object is. A sequence of an identity column always has the owner of its table. */
export const owners: FactFamily = {
  name: 'owners',
  adds: true,
  properties: ['owner'],
  classes: (major) =>
    owned
      .filter(({ since = 0 }) => major >= since)
      .map((one) => `select '${keyOf(one)}' where exists (${otherRows[keyOf(one)] ?? `select from pg_catalog.${one.catalog} c where ${rowsOf(one.catalog)}`})`)
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
