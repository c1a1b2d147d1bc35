/** A table that traffic may use. */
export interface TrafficTable {
  readonly oid: string;
  /** Schema-qualified, quoted where needed. */
  readonly name: string;
  readonly kind: 'table' | 'partitioned table' | 'materialized view' | 'view' | 'foreign table';
  /** Pages as last analysed, its partitions' too, in bytes. */
  readonly bytes: number;
  /** Its partitions at any depth, as `name`. */
  readonly partitions: readonly string[];
  /** In their order, quoted where needed. */
  readonly columns: readonly string[];
  /** Of the primary key, or else of a unique index over columns that are not null; empty where there is none. */
  readonly key: readonly string[];
}

/** With more partitions, locking each of them at every turn would be a load of its own. */
const partitionsReadWhole = 64;

/** Whether each partition is read with the table, as by an application that doesn't know the partition key; else the one that holds the row. */
export function isReadWhole({ partitions }: TrafficTable): boolean {
  return partitions.length <= partitionsReadWhole;
}

/** How busy a table is in production, in reads and writes since its statistics began. */
export interface TableActivity {
  readonly schema: string;
  readonly table: string;
  readonly reads: number;
  readonly writes: number;
}
