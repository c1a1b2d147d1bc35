import { type Catalog, type CatalogColumns, existsIn } from './catalog.ts';
import { relationCatalogs } from './relations.ts';
import { routineAndTypeCatalogs } from './routines-and-types.ts';
import { databaseCatalogs } from './whole-database.ts';

/**
 * Every table of pg_catalog with every column, for PostgreSQL 13 to 18, and what a comparison makes of it. Checked against servers: a column
 * that is missing here, or that no server has, fails a test. Views and functions of pg_catalog only show these tables, and are no part of it.
 */
export const coverage: readonly Catalog[] = [...relationCatalogs, ...routineAndTypeCatalogs, ...databaseCatalogs].toSorted((a, b) =>
  a.name < b.name ? -1 : 1,
);

/** What is made of one column. */
export interface CoveredColumn extends Pick<CatalogColumns, 'treatment' | 'why'> {
  /** `pg_class.relpersistence`. */
  readonly name: string;
}

/** The columns that a server of this major has, sorted by name. */
export function coverageOf(major: number): readonly CoveredColumn[] {
  return coverage
    .filter((table) => existsIn(table, major))
    .flatMap((table) =>
      table.columns
        .filter((columns) => existsIn(columns, major))
        .flatMap(({ columns, treatment, why }) => columns.map((column) => ({ name: `${table.name}.${column}`, treatment, why }))),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
