import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Absolute paths of dumps that look whole, the newest last. */
export function dumpsOf(folder: string): readonly string[] {
  return inDumpFolder(folder).filter((path) => !/\/\.[^/]*$/.test(path));
}

/** Those that nobody can go on with. */
export function halfMade(folder: string): readonly string[] {
  return partial(folder).filter((path) => !existsSync(journalOf(path)));
}

/** How many finished tables the journals of unfinished dumps tell of. */
export function readJournalLines(folder: string): number {
  const lines = partial(folder).map((path) => (existsSync(journalOf(path)) ? readFileSync(journalOf(path), 'utf8').split('\n').length - 2 : 0));
  return Math.max(0, ...lines);
}

function journalOf(path: string): string {
  return join(path, 'journal.jsonl');
}

function partial(folder: string): readonly string[] {
  return inDumpFolder(folder).filter((path) => /\/\.[^/]*\.partial$/.test(path));
}

function inDumpFolder(folder: string): readonly string[] {
  const dumps = join(folder, 'dump');
  if (!existsSync(dumps)) return [];
  const entries = readdirSync(dumps, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => join(dumps, name)).sort();
}
