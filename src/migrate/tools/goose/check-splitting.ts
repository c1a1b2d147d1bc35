import { splitStatements } from '../../../sql/split-statements.ts';

/**
 * Whether goose cuts a way up or down into the statements that it holds. goose knows nothing of SQL: outside of StatementBegin and StatementEnd a statement ends
 * with the line whose last word ends with a semicolon, comments left out, and text that no such line follows is refused.
 * As in internal/sqlparser/parser.go of goose v3.
 *
 * @param lines of one direction, each with what goose makes of it
 * @returns what goes wrong, and in which line of `lines`, from 0; undefined where goose and Postgres agree
 */
export function checkSplitting(lines: readonly GooseLine[]): { readonly problem: string; readonly at: number } | undefined {
  const chunks: { readonly from: number; readonly text: string }[] = [];
  let from = 0;
  let open = '';
  for (const [at, { text, kind }] of lines.entries()) {
    if (kind === 'end') {
      if (open.trim() !== '') chunks.push({ from, text: open });
      open = '';
      continue;
    }
    if (kind !== 'sql' && kind !== 'inside') continue;
    // What stands before a statement is passed over as long as nothing of the statement was seen.
    if (open === '' && (text.trim().startsWith('--') || text === '')) continue;
    if (open === '') from = at;
    open += `${text}\n`;
    if (kind === 'sql' && endsStatement(text)) {
      chunks.push({ from, text: open });
      open = '';
    }
  }
  if (open.trim() !== '') return { problem: 'ends without a semicolon, at which goose stops', at: from };
  const whole = splitStatements(lines.map(({ text, kind }) => (kind === 'sql' || kind === 'inside' ? text : '')).join('\n'));
  const cut = chunks.flatMap((chunk) => splitStatements(chunk.text).map(({ text }) => ({ text, from: chunk.from })));
  const at = Math.max(
    cut.findIndex(({ text }, index) => whole[index]?.text !== text),
    cut.length < whole.length ? cut.length - 1 : -1,
  );
  if (at < 0) return undefined;
  return {
    problem: 'has a statement that goose cuts at a semicolon inside of it, as StatementBegin and StatementEnd are missing around it',
    at: cut[at]?.from ?? 0,
  };
}

/** A line: SQL, SQL between StatementBegin and StatementEnd, the StatementEnd itself, or another mark. */
export interface GooseLine {
  readonly text: string;
  readonly kind: 'sql' | 'inside' | 'end' | 'mark';
}

function endsStatement(line: string): boolean {
  let last = '';
  for (const word of line.split(/\s+/)) {
    if (word.startsWith('--')) break;
    if (word !== '') last = word;
  }
  return last.endsWith(';');
}
