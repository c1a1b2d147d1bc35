import { hexadecimalHash, type TableHash } from '../../core/data.ts';
import type { HashRow } from './hash-query.ts';
import type { HashableTable } from './hashable-tables.ts';

/** Adds up the hashes of a table's parts: its pages, or the leaves of a tree. */
export class SumOfHashes {
  readonly #table: HashableTable;
  #rows = 0;
  #rowSum = 0n;
  readonly #columns: { readonly column: string; values: number; sum: bigint }[];

  constructor(table: HashableTable) {
    this.#table = table;
    this.#columns = table.columns.map(({ name }) => ({ column: name, values: 0, sum: 0n }));
  }

  add({ rows, row_sum: rowSum, sums, nulls }: HashRow): void {
    this.#rows += Number(rows);
    this.#rowSum += BigInt(rowSum ?? 0);
    this.#columns.forEach((column, at) => {
      column.values += sums.length === 0 ? 0 : Number(rows) - Number(nulls[at]);
      column.sum += BigInt(sums[at] ?? 0);
    });
  }

  /** @param sampledPercent of the rows, where not all were added */
  total(sampledPercent: number | undefined): TableHash {
    return {
      ...this.#table.as,
      rows: this.#rows,
      ...(sampledPercent !== undefined && { sampledPercent }),
      rowHash: hexadecimalHash(this.#rowSum),
      columns: this.#columns.map(({ column, values, sum }) => ({ column, values, hash: hexadecimalHash(sum) })),
    };
  }
}
