/** What rows have to obey, as the server's own catalogs have it. Expressions are SQL over the table's columns; names are quoted. */
export type Rule =
  | { readonly kind: 'not-null'; readonly column: string }
  /** Of a CHECK, or of a partition's bounds: null is no violation. */
  | { readonly kind: 'check'; readonly expression: string }
  | { readonly kind: 'unique'; readonly keys: readonly string[]; readonly predicate: string | null; readonly nullsNotDistinct: boolean }
  /** Two rows may not give true for all operators. */
  | { readonly kind: 'exclusion'; readonly keys: readonly string[]; readonly operators: readonly string[]; readonly predicate: string | null }
  | {
      readonly kind: 'foreign-key';
      readonly columns: readonly string[];
      readonly parent: string;
      readonly parentColumns: readonly string[];
      readonly operators: readonly string[];
      readonly matchFull: boolean;
    }
  /** Of a domain: the expression is over `value`. */
  | { readonly kind: 'domain'; readonly column: string; readonly expression: string };

/** A relation to read, and whether its children's rows belong to it. */
export interface RuledTable {
  /** `public.item`, quoted. */
  readonly name: string;
  readonly only: boolean;
}
