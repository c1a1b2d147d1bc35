/**
 * A family of catalog facts: one set-based query.
 *
 * Every query gives the columns
 * - `kind`, `name` (text): the object, called as in `SchemaObject`; names quoted by the server's `format('%I')`, with an empty search_path
 * - `parent` (text or null): the qualified name of the relation (or type) that it is a part of. Objects of one parent are compared by one hash
 * - `home` (oid, never null): what rows are fetched by: those of `any($1::oid[])`, or all when `$1` is null
 *
 * and its facts in one of two forms:
 * - wide (`properties` is given): one row an object, one text column for each property, and `more` (jsonb or null): an object of further properties
 *   whose names aren't known beforehand, such as `parameter fillfactor`. Half the work for the server, so the form for objects by the thousand
 * - long: one row a fact, with the columns `property` and `value` (text)
 *
 * A null value is no fact. Sets have to be sorted (`collate "C"`) within their value.
 */
export interface FactFamily {
  /** As people say it: `columns`, `table constraints`. */
  readonly name: string;
  /** The query for a server of this major (see `by-major.ts`); of a family over classes of objects only for these, unless it is for all. */
  readonly sql: (major: number, classes?: ReadonlySet<string>) => string;
  /** Of the wide form: the names of its property columns, in the query's spelling. */
  readonly properties?: readonly string[];
  /**
   * Of the wide form: the query has a column `place` (a number), and the parts of one home are hashed in its order: their order is a part of the hash.
   * It needn't be the same number on both sides.
   */
  readonly ordered?: true;
  /** Of the wide form: properties that every object has, and that follow from what is hashed: they are only read with the facts. */
  readonly implied?: readonly string[];
  /** Of the wide form: columns of the query from which the implied properties follow. They are only hashed. */
  readonly hashed?: readonly string[];
  /**
   * Of the wide form: properties, and columns of `hashed`, that pg_dump writes too, by the same functions of the server: texts of expressions, which take the
   * server longer than all the rest. They aren't hashed for a table of which pg_dump is known to write the same on both sides.
   */
  readonly written?: readonly string[];
  /** Of the wide form: a column of the query that says in short what the written ones say, and is hashed in their place. */
  readonly outline?: string;
  /**
   * The catalog in which all that the family tells has a row. Where there is no such row the family isn't read: planning fifty queries for nothing takes
   * longer than all the rest does on a small schema.
   */
  readonly catalog?: string;
  /** SQL: which rows `c` of that catalog these are; unless told, those with an oid of a user's object. May use the tables of `extent.ts`. */
  readonly rowsOfCatalog?: string;
  /** Extensions bring such objects along, of which the family has nothing to tell, and users hardly make any. */
  readonly ownOnly?: true;
  /**
   * Of a family over classes of objects: a query of one text column for the keys (`keyOf`) of the classes of which it has anything to tell.
   * May use the tables of `extent.ts`.
   *
   * @param used the catalogs that hold rows of users' objects
   */
  readonly classes?: (major: number, used: ReadonlySet<string>) => string;
  /** The first major that has what the family reads; 13 unless told. */
  readonly since?: number;
  /** The rows only add properties to objects that another family lists (comments, privileges), and count as no object. */
  readonly adds?: true;
  /** What a role without special rights may not read: `pg_subscription.subconninfo`. Without these columns the family isn't read, and that is said. */
  readonly needs?: readonly string[];
  /** How a value is kept, where it must never be shown: a mark that is equal for equal secrets. */
  readonly keep?: (fact: { readonly kind: string; readonly property: string; readonly value: string }) => string;
}

/** One row of a family's query. */
export interface FactRow {
  readonly kind: string;
  readonly name: string;
  readonly parent: string | null;
  readonly home: number | string;
  readonly property?: string;
  readonly value?: string | null;
  readonly more?: Readonly<Record<string, string | null>> | null;
  readonly [property: string]: unknown;
}
