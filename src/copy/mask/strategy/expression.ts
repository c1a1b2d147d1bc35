import type { ColumnMask } from '../../../config/schema.ts';
import { quoteIdentifier, quoteLiteral } from '../../../sql/quote.ts';
import { nextToken } from '../../../sql/scan.ts';
import type { MaskableColumn } from '../read-columns.ts';
import { type Built, built, unfit } from './built.ts';

/** Always NULL. */
export function nullMask(column: MaskableColumn): Built {
  if (column.notNull) return unfit('it is NOT NULL');
  if (column.nullsEqual) return unfit('it is in a unique index in which NULLs are equal');
  return built('null');
}

/** One value instead of every value that isn't NULL. The literal has the column's type, so that a wrong one is found before anything is copied. */
export function constantMask(column: MaskableColumn, constant: Extract<ColumnMask, { constant: unknown }>['constant']): Built {
  if (column.unique !== 'no') return unfit('it must stay unique');
  const text = String(constant);
  // A cast would cut it off without a word.
  if (column.kind.kind === 'text' && [...text].length > (column.kind.maxLength ?? Number.POSITIVE_INFINITY)) {
    return unfit(`the constant has ${[...text].length} characters, and ${column.type} holds ${column.kind.maxLength}`);
  }
  return built(`case when ${quoteIdentifier(column.column)} is not null then ${quoteLiteral(text)}::${column.type} end`);
}

/** The team's own expression. Only what would end it early is looked for here; the source says whether it is one. */
export function sqlMask(sql: string): Built {
  let depth = 0;
  for (let at = 0; at < sql.length; ) {
    const token = nextToken(sql, at);
    if (!token.closed) return unfit('the expression ends inside of a quote or comment');
    if (token.kind === 'semicolon') return unfit('the expression holds a semicolon');
    if (token.kind === 'parameter') return unfit('the expression holds a parameter ($1)');
    if (token.kind === 'backslash') return unfit('the expression holds a backslash outside of quotes');
    if (token.kind === 'open') depth++;
    if (token.kind === 'close' && --depth < 0) return unfit('the expression closes a bracket that it did not open');
    at = token.end;
  }
  if (depth !== 0) return unfit('the expression leaves a bracket open');
  // The line break ends a comment at its end.
  return built(`(${sql.trim()}\n)`);
}
