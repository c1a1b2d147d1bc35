/** Exact row count of one table. */
export interface TableCount {
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
}

/** Rows of one table on both sides of a comparison; undefined where the table doesn't exist. */
export interface RowChange {
  readonly table: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** `schema.table`, quoted only where Postgres would need it. */
export function tableName(count: Pick<TableCount, 'schema' | 'table'>): string {
  return `${count.schema}.${count.table}`;
}
