import { visible } from '../core/visible-text.ts';
import { cutToWidth } from './display-width.ts';

/** Pieces of Markdown in which nothing that comes from a database is interpreted. */

/** A fence longer than any run of backticks inside, so that no text can end it. */
export function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, ...(text.match(/`+/g) ?? []).map((run) => run.length + 1)));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A name as it is, in code style: nothing in it is interpreted. */
export function code(text: string): string {
  const line = cutToWidth(visible(text), 200);
  const fence = '`'.repeat(Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  return fence.length > 1 || line.startsWith('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** Text in which nothing is interpreted: no HTML, no links or pictures, and nobody is mentioned. */
export function prose(text: string): string {
  const line = visible(text.replace(/\s*\n\s*/g, ' ').trim());
  return cutToWidth(line, 1200)
    .replace(/[\\`*_[\]#~!]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;');
}

export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').slice(0, 600)).join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.slice(0, 100).map(line),
    ...(rows.length > 100 ? [`\n${rows.length - 100} more in the report.`] : []),
  ].join('\n');
}
