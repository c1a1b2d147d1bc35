/** Majors whose catalogs the list describes; a newer server is compared as far as it is known. */
export const knownMajors = [13, 14, 15, 16, 17, 18] as const;

/**
 * What a comparison makes of a column:
 * - compared: a difference in it is a difference of the schema (or part of an object's name)
 * - derived: follows from something that is compared
 * - physical: where and how rows are stored at this moment; no statement of a migration sets it
 * - ignored: could be compared, and isn't, for the reason given
 */
export type Treatment = 'compared' | 'derived' | 'physical' | 'ignored';

export interface CatalogColumns {
  readonly treatment: Treatment;
  readonly columns: readonly string[];
  /** Compared: the kind and property that shows it. Else: why it isn't compared. */
  readonly why: string;
  /** First and last major that has these columns. */
  readonly since?: number;
  readonly until?: number;
}

export interface Catalog {
  readonly name: string;
  readonly columns: readonly CatalogColumns[];
  readonly since?: number;
}

interface Span {
  readonly since?: number;
  readonly until?: number;
}

/** A catalog and what is made of each of its columns. */
export function catalog(name: string, columns: readonly CatalogColumns[], span: Pick<Span, 'since'> = {}): Catalog {
  return { name, columns, ...span };
}

export function compared(columns: string, by: string, span: Span = {}): CatalogColumns {
  return { treatment: 'compared', columns: columns.split(' '), why: by, ...span };
}

export function derived(columns: string, from: string, span: Span = {}): CatalogColumns {
  return { treatment: 'derived', columns: columns.split(' '), why: from, ...span };
}

export function physical(columns: string, why: string, span: Span = {}): CatalogColumns {
  return { treatment: 'physical', columns: columns.split(' '), why, ...span };
}

export function ignored(columns: string, why: string, span: Span = {}): CatalogColumns {
  return { treatment: 'ignored', columns: columns.split(' '), why, ...span };
}

/** Whether a server of this major has it. */
export function existsIn(span: Span, major: number): boolean {
  return major >= (span.since ?? 0) && major <= (span.until ?? Number.POSITIVE_INFINITY);
}

/** An object's number: another one in every database. */
export const oid = derived('oid', 'the number of the row, another one in every database');
