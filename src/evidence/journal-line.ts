import { createHash } from 'node:crypto';
import type { JournalEntry } from '../core/evidence.ts';

/** What the first line names as the one before it. */
export const noPredecessor = '0'.repeat(64);

/**
 * Makes one line of journal.jsonl. Its hash is the SHA-256 of the line's own text up to the hash: `{…}` without the last field.
 * Since that text holds the hash of the line before, no line can be altered, taken out or put in without breaking the chain.
 */
export function writeJournalLine(entry: Omit<JournalEntry, 'sha256'>): { readonly line: string; readonly sha256: string } {
  const { seq, at, event, previousSha256 } = entry;
  const body = JSON.stringify({ seq, at, event, previousSha256 });
  const sha256 = hashOf(body);
  return { line: `${body.slice(0, -1)},"sha256":"${sha256}"}`, sha256 };
}

/** Reads one line; undefined when it isn't an entry, as a line that was cut off by a crash. */
export function readJournalLine(line: string): JournalEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isEntry(value) ? value : undefined;
}

/** Whether a line's hash is that of its text. It is the text that counts, so that two spellings of one value can't pass for each other. */
export function isLineIntact(line: string, entry: JournalEntry): boolean {
  const ending = `,"sha256":"${entry.sha256}"}`;
  return line.endsWith(ending) && hashOf(`${line.slice(0, -ending.length)}}`) === entry.sha256;
}

function isEntry(value: unknown): value is JournalEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, at, event, previousSha256, sha256 } = value as Record<string, unknown>;
  return (
    typeof seq === 'number' &&
    typeof at === 'string' &&
    typeof previousSha256 === 'string' &&
    typeof sha256 === 'string' &&
    typeof event === 'object' &&
    event !== null &&
    typeof (event as { type?: unknown }).type === 'string'
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
