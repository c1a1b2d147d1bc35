/** A table that traffic may use. */
export interface TrafficTable {
  readonly oid: string;
  /** Schema-qualified, quoted where needed. */
  readonly name: string;
  readonly kind: 'table' | 'partitioned table' | 'materialized view' | 'view' | 'foreign table';
  /** Pages as last analysed, its partitions' too, in bytes. */
  readonly bytes: number;
  /** How many partitions it has, at any depth. */
  readonly partitions: number;
  /** In their order, quoted where needed. */
  readonly columns: readonly string[];
  /** Of the primary key, or else of a unique index over columns that are not null; empty where there is none. */
  readonly key: readonly string[];
}

/** How busy a table is in production, in reads and writes since its statistics began. */
export interface TableActivity {
  readonly schema: string;
  readonly table: string;
  readonly reads: number;
  readonly writes: number;
}
