import type { Session } from '../../core/ports.ts';
import { anyOwn, firstUserOid, ownRows } from './classes/object-class.ts';
import { objectClasses } from './classes/object-classes.ts';
import type { FactFamily } from './fact-family.ts';

/** Catalogs of which the oids don't say whose a row is: they have none, or the user chose them. */
const withoutOids = new Set(['pg_depend', 'pg_sequence', 'pg_largeobject_metadata', 'pg_default_acl']);

/** SQL: some of the sequences that aren't parts of identity columns; a table that all looks may use. */
const ownSequences = `own_sequences as (
  select from pg_catalog.pg_sequence q
   where not exists (
     select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = q.seqrelid and d.objsubid = 0 and d.deptype = 'i')
   limit 1)`;

/**
 * SQL: the few columns of which somebody said something that hardly any column has: rights, a statistics target, or that it was dropped. Their catalog is by far
 * the largest, and is read once for all who look for such.
 */
const markedColumns = `marked_columns as materialized (
  select a.attrelid, a.attnum, a.attacl, a.attisdropped, a.attstattarget
    from pg_catalog.pg_attribute a
   where a.attacl is not null or (a.attnum > 0 and a.attrelid >= ${firstUserOid} and (a.attisdropped or a.attstattarget >= 0)))`;

/** Which families have something to tell of a database; of a family over many classes of objects, with the keys of those classes. */
export type Extent = ReadonlyMap<FactFamily, ReadonlySet<string> | undefined>;

/** What has to be read of a database: the families whose catalogs hold rows of theirs. Throws SqlError. */
export async function findExtent(session: Session, families: readonly FactFamily[], major: number): Promise<Extent> {
  const used = await usedCatalogs(session, families, major);
  const looks = families.map((family, place) => {
    const keys = family.classes === undefined ? 'null' : `array(select distinct k.class from (${family.classes(major, used)}) k (class) order by 1)`;
    return `(${place}, ${anyRow(family, used)}, ${keys}::text[])`;
  });
  if (looks.length === 0) return new Map();
  const own = [...used].map((catalog) => `own_${catalog} as (select from pg_catalog.${catalog} c where ${ownRows(catalog)} limit 1)`);
  const rows = await session.query<{ place: number; classes: readonly string[] | null }>(
    `with ${[ownSequences, markedColumns, ...own].join(', ')}
     select v.place, v.classes from (values ${looks.join(', ')}) v (place, used, classes) where v.used and v.classes is distinct from '{}' order by 1`,
  );
  return new Map(
    rows.flatMap(({ place, classes }) => (families[place] === undefined ? [] : [[families[place], classes === null ? undefined : new Set(classes)]])),
  );
}

/** The catalogs with rows that initdb didn't make: to plan a closer look at all others would take longer than this. */
async function usedCatalogs(session: Session, families: readonly FactFamily[], major: number): Promise<ReadonlySet<string>> {
  const classes = objectClasses.filter(({ since = 0 }) => major >= since);
  const catalogs = new Set([...families.flatMap(({ catalog }) => catalog ?? []), ...classes.map(({ catalog }) => catalog)]);
  const looks = [...catalogs]
    .filter((catalog) => !withoutOids.has(catalog) && catalog !== 'pg_largeobject')
    .map((catalog) => `select '${catalog}' as catalog where exists (select from pg_catalog.${catalog} c where c.oid >= ${firstUserOid})`);
  const rows = await session.query<{ catalog: string }>(`${looks.join('\nunion all\n')}\norder by 1`);
  return new Set(rows.map(({ catalog }) => catalog));
}

/** SQL: whether the catalog of a family holds a row of its. */
function anyRow({ catalog, rowsOfCatalog, ownOnly }: FactFamily, used: ReadonlySet<string>): string {
  if (catalog === undefined) return 'true';
  if (!withoutOids.has(catalog) && !used.has(catalog)) return 'false';
  if (ownOnly) return anyOwn(catalog);
  return rowsOfCatalog === undefined ? 'true' : `exists (select from pg_catalog.${catalog} c where ${rowsOfCatalog})`;
}
