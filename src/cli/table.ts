import { visible } from '../core/visible-text.ts';

/**
 * Lines of aligned columns under their headings; the last column is as wide as it likes.
 *
 * @example table(['NAME', 'PORT'], [['shop', '5433']]) // ['NAME  PORT', 'shop  5433']
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  // Names and tags that others gave may hold anything.
  const all = [headings, ...rows].map((row) => row.map(visible));
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** An instant to the minute, in UTC. @example moment('2026-11-21T02:45:10Z') // '2026-11-21 02:45' */
export function moment(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
