import type { Session } from '../../core/ports.ts';
import type { FactFamily } from './fact-family.ts';

/** The first oid that no object of a fresh server has: those below are made by initdb. */
const firstUserOid = 16_384;

/** Catalogs of which this database has no row that a user made: families that only tell such needn't be read. Throws SqlError. */
export async function absentCatalogs(session: Session, families: readonly FactFamily[]): Promise<ReadonlySet<string>> {
  const catalogs = [...new Set(families.flatMap(({ catalog }) => (catalog === undefined ? [] : [catalog])))];
  if (catalogs.length === 0) return new Set();
  const looks = catalogs.map((catalog) => `('${catalog}', exists (select from pg_catalog.${catalog} c where c.oid >= ${firstUserOid}))`);
  const rows = await session.query<{ catalog: string }>(`select v.catalog from (values ${looks.join(', ')}) v (catalog, used) where not v.used order by 1`);
  return new Set(rows.map(({ catalog }) => catalog));
}
