/** Exact row count of one table. */
export interface TableCount {
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
}

/** How hashes are made. What another version of pgrehearse hashed in another way says nothing of what is hashed now. */
export const hashFormat = 4;

/** What a column holds, whatever order its rows are in. */
export interface ColumnHash {
  readonly column: string;
  /** Rows in which it is not null. */
  readonly values: number;
  /** 16 hexadecimal digits: the sum, modulo 2^64, of a 64-bit hash of each value that is not null. */
  readonly hash: string;
}

/** What the columns of a table hold, whatever order its rows are in. */
export interface TableColumnHashes {
  readonly schema: string;
  readonly table: string;
  /** Those that were hashed. */
  readonly rows: number;
  /** Set where only some rows were hashed: how many percent of them, chosen by a hash of their primary key. */
  readonly sampledPercent?: number;
  /** By name, in byte order. */
  readonly columns: readonly ColumnHash[];
}

/** What a table holds, whatever order its rows are in. */
export interface TableHash extends TableColumnHashes {
  /** As a column's, over whole rows: tells apart tables whose columns hold the same values in other rows. */
  readonly rowHash: string;
}

/** Rows of one table on both sides of a comparison; undefined where the table doesn't exist. */
export interface RowChange {
  readonly table: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** A sum of hashes as `ColumnHash` and `TableHash` have it: 16 hexadecimal digits of what it is modulo 2^64. */
export function hexadecimalHash(sum: bigint): string {
  return BigInt.asUintN(64, sum).toString(16).padStart(16, '0');
}

/** `schema.table`, quoted only where Postgres would need it. */
export function tableName(count: Pick<TableCount, 'schema' | 'table'>): string {
  return `${count.schema}.${count.table}`;
}
