/**
 * All objects of one catalog under the names that they have in a comparison, as a query with the columns
 * - `oid`, `subid` (of a column, else 0): how comments, labels and dependencies refer to the object
 * - `kind`, `name`, `parent`, `home`: as in a family of facts
 * - `prefix`: what stands before a property's name where the object is told as a part of another: `attribute a `, else ''
 * - `owner` (oid or null), `acl` (aclitem[] or null), `acl_type` (of acldefault)
 * - `own`: whether it is the user's own; false for members of extensions and what comes with the server, of which only changed rights are facts
 */
export interface ObjectClass {
  /** `pg_proc`. */
  readonly catalog: string;
  readonly since?: number;
  /** Rows that are parts of objects of another class, such as columns; without owners of their own. */
  readonly parts?: true;
  /** Nobody can be granted rights on such objects. */
  readonly withoutRights?: true;
  /** Of pg_class there are several classes: which one this is, unless of tables and views. */
  readonly part?: 'columns' | 'indexes' | 'sequences';
  readonly rows: (major: number) => string;
}

/** Catalogs of which a type or an extension brings objects along that nobody made: constructors of ranges, casts to multiranges. */
const broughtAlong = new Set(['pg_proc', 'pg_cast']);

/** Whether an object isn't a member of an extension, nor an inner part of another object. */
export function noMember(catalog: string, oid: string): string {
  return `not exists (
    select from pg_catalog.pg_depend member
     where member.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass and member.objid = ${oid} and member.objsubid = 0
       and ${broughtAlong.has(catalog) ? `member.deptype in ('e', 'i')` : `member.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and member.deptype = 'e'`})`;
}

/** Whether a schema is the user's, and not the server's or for temporary objects. */
export function ownSchema(namespace: string): string {
  return `(${namespace}.nspname !~ '^pg_' and ${namespace}.nspname <> 'information_schema')`;
}

/** Restricts a query to the homes that are asked for. */
export function wanted(home: string): string {
  return `($1::pg_catalog.oid[] is null or ${home} = any ($1))`;
}

/** The first oid that no object of a fresh server has. */
export const firstUserOid = 16_384;

/** SQL: which rows `c` of a catalog are the user's own. Extensions bring operators and aggregates along, which users hardly make. */
export function ownRows(catalog: string): string {
  return `c.oid >= ${firstUserOid} and ${noMember(catalog, 'c.oid')}`;
}

/** SQL: whether any row of a catalog is. For `extent.ts`, which has a table for each. */
export function anyOwn(catalog: string): string {
  return `exists (select from own_${catalog})`;
}

/** Under what name a family says that it has something to tell of a class. */
export function keyOf({ catalog, part }: ObjectClass): string {
  return part ?? catalog;
}

/** The key of tables and views. */
export const relations = 'pg_class';

/** The classes that a server of this major has, each as one part of a union; only those with these keys where any are given. */
export function union(
  classes: readonly ObjectClass[],
  major: number,
  keys: ReadonlySet<string> | undefined,
  part: (one: ObjectClass, rows: string) => string,
): string {
  return classes
    .filter((one) => major >= (one.since ?? 0) && (keys === undefined || keys.has(keyOf(one))))
    .map((one) => part(one, `(${one.rows(major)})`))
    .join('\nunion all\n');
}
