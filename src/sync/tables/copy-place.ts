import type { SqlErrorFields } from '../../core/failure.ts';

/** Where in a COPY a value was refused. */
export interface CopyPlace {
  readonly column?: string;
  /** Rows count from 1. */
  readonly line?: number;
}

/**
 * COPY tells where it was: `COPY books, line 3, column condition: "…"`. Names stand there as they are, whatever they hold, so that they are looked for. The value
 * isn't repeated.
 *
 * @param relations names of the tables that the rows may have gone to
 */
export function copyPlace(
  { where = '', column }: Pick<SqlErrorFields, 'where' | 'column'>,
  relations: readonly string[],
  columns: readonly string[],
): CopyPlace {
  const starts = relations.map((name) => `COPY ${name}, line `);
  const start = starts.find((one) => where.startsWith(one) || where.includes(`\n${one}`));
  const rest = start === undefined ? '' : where.slice(where.indexOf(start) + start.length);
  const line = /^\d+/.exec(rest)?.[0];
  const after = rest.slice(line?.length ?? 0);
  const named = columns
    .toSorted((a, b) => b.length - a.length)
    .find((name) => {
      const clause = `, column ${name}`;
      return after === clause || [':', '\n'].some((end) => after.startsWith(clause + end));
    });
  const found = named ?? column;
  return { ...(found === undefined ? {} : { column: found }), ...(line === undefined ? {} : { line: Number(line) }) };
}
