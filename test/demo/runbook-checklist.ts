import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookExample } from './describe-runbook.ts';

/** Names of gates in a cell of the README's tables. */
const code = /`([^`]+)`/g;

interface Tick {
  readonly item: string;
  readonly gates: readonly string[];
}

/** The rows of the README's table under a heading: what is asked, and the gates that tick it. */
export function readTicks(heading: string): readonly Tick[] {
  const readme = readFileSync(join(runbookExample, 'README.md'), 'utf8');
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => /^\| (?!-|What )/.test(line));
  return rows.map((row) => {
    const [, item = '', gates = ''] = row.split('|').map((cell) => cell.trim());
    return { item, gates: [...gates.matchAll(code)].map(([, gate = '']) => gate) };
  });
}
