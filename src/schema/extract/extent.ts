import type { Session } from '../../core/ports.ts';
import type { FactFamily } from './fact-family.ts';

/** The first oid that no object of a fresh server has: those below are made by initdb. */
const firstUserOid = 16_384;

/** SQL: some of the sequences that aren't parts of identity columns; a table that all looks may use. */
const ownSequences = `own_sequences as (
  select from pg_catalog.pg_sequence q
   where not exists (
     select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = q.seqrelid and d.objsubid = 0 and d.deptype = 'i')
   limit 1)`;

/** Which families have something to tell of a database; of a family over many classes of objects, with the keys of those classes. */
export type Extent = ReadonlyMap<FactFamily, ReadonlySet<string> | undefined>;

/** What has to be read of a database: the families whose catalogs hold rows of theirs. Throws SqlError. */
export async function findExtent(session: Session, families: readonly FactFamily[], major: number): Promise<Extent> {
  const looks = families.map(({ catalog, rowsOfCatalog, classes }, place) => {
    const rows = catalog === undefined ? undefined : `(select from pg_catalog.${catalog} c where ${rowsOfCatalog ?? `c.oid >= ${firstUserOid}`})`;
    const keys = classes === undefined ? 'null' : `array(select distinct k.class from (${classes(major)}) k (class) order by 1)`;
    return `(${place}, ${rows === undefined ? 'true' : `exists ${rows}`}, ${keys}::text[])`;
  });
  if (looks.length === 0) return new Map();
  const rows = await session.query<{ place: number; classes: readonly string[] | null }>(
    `with ${ownSequences}
     select v.place, v.classes from (values ${looks.join(', ')}) v (place, used, classes) where v.used and v.classes is distinct from '{}' order by 1`,
  );
  return new Map(
    rows.flatMap(({ place, classes }) => (families[place] === undefined ? [] : [[families[place], classes === null ? undefined : new Set(classes)]])),
  );
}
