import { visible } from '../../core/visible-text.ts';
import { displayWidth, padToWidth, wrapText } from '../display-width.ts';

/** Cells of a table's line, the first two to the left and the others to the right, and what stands below the line. */
export interface ColumnRow {
  readonly cells: readonly string[];
  readonly below?: string;
}

/**
 * A table for a terminal. Where a name is too long for the width, it has a line to itself, whole, so that it can be copied; its figures stand below it.
 *
 * @param width of the terminal
 */
export function columnLines(rows: readonly ColumnRow[], width: number): readonly string[] {
  const shown = rows.map(({ cells, below }) => ({ cells: cells.map(visible), below }));
  const widthOf = (at: number, among = shown) => Math.max(0, ...among.map(({ cells }) => displayWidth(cells[at] ?? '')));
  const others = (shown[0]?.cells ?? []).slice(1).map((_, at) => widthOf(at + 1));
  const room = Math.max(5, width - 2 - others.reduce((sum, one) => sum + one + 2, 0));
  const first = widthOf(
    0,
    shown.filter(({ cells: [name = ''] }) => displayWidth(name) <= room),
  );
  return shown.flatMap(({ cells: [name = '', ...figures], below }) => {
    const padded = figures.map((cell, at) => (at === 0 ? padToWidth(cell, others[at] ?? 0) : padStart(cell, others[at] ?? 0))).join('  ');
    const line = (start: string) => `  ${padToWidth(start, first)}  ${padded}`.trimEnd();
    const lines = displayWidth(name) <= room ? [line(name)] : [`  ${name}`, line('')];
    return below === undefined ? lines : [...lines, ...hanging(below, width, 4)];
  });
}

/** A sentence broken at blanks; all lines but the first stand two further in. */
export function hanging(text: string, width: number, indent = 0): readonly string[] {
  const [first = '', ...more] = wrapText(visible(text), width - indent - 2);
  return [`${' '.repeat(indent)}${first}`, ...more.map((line) => `${' '.repeat(indent + 2)}${line}`)];
}

function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text;
}
