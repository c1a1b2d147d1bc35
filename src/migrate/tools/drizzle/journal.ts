import type { Failure } from '../../../core/failure.ts';
import { refuseFile } from '../refuse-file.ts';

/** One line of drizzle-kit's journal: the list of migrations that drizzle-orm goes by. The files' own numbers mean nothing to it. */
export interface JournalEntry {
  /** The file's name without `.sql`. */
  readonly tag: string;
  /** Milliseconds since 1970: what the ledger records, and what decides whether a migration is pending. */
  readonly when: number;
}

/**
 * Reads meta/_journal.json. Every problem is told, each with the entry it is in; what can be read of a broken journal is given all the same.
 *
 * @example readJournal('drizzle/meta/_journal.json', '{"entries":[{"idx":0,"when":1700000000000,"tag":"0000_first"}]}').entries // one
 */
export function readJournal(file: string, text: string): { readonly entries: readonly JournalEntry[]; readonly problems: readonly Failure[] } {
  const problems: Failure[] = [];
  const refuse = (what: string, cure: string) => problems.push(refuseFile({ file }, what, cure));
  const listed = entriesOf(text);
  if (typeof listed === 'string') {
    refuse(listed, 'Restore it from git, or let drizzle-kit write it again; drizzle can run nothing without it.');
    return { entries: [], problems };
  }
  const entries: JournalEntry[] = [];
  const seen = new Set<string>();
  for (const [at, value] of listed.entries()) {
    const { tag, when } = isRecord(value) ? value : {};
    if (typeof tag !== 'string' || tag === '') refuse(`has no tag in entry ${at + 1}`, 'Put the name of its file there, without .sql.');
    else if (typeof when !== 'number' || !Number.isSafeInteger(when))
      refuse(`has no time in "when" of ${tag}`, 'Put milliseconds since 1970 there, later than those of the entry before.');
    else if (seen.has(tag)) refuse(`names ${tag} twice`, 'Take one of the two entries out: drizzle would run the file twice.');
    else entries.push({ tag, when });
    if (typeof tag === 'string') seen.add(tag);
  }
  return { entries, problems };
}

function entriesOf(text: string): readonly unknown[] | string {
  try {
    const journal: unknown = JSON.parse(text);
    const entries = isRecord(journal) ? journal.entries : undefined;
    return Array.isArray(entries) ? entries : 'has no list "entries"';
  } catch (error) {
    if (/^(<{7}|={7}|>{7})/m.test(text)) return 'holds the marks of a merge conflict';
    return `is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
