import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DumpRows } from '../../core/dump-manifest.ts';
import type { SourceState } from './source-state.ts';

export const journalName = 'journal.jsonl';

/** The first line: what has to be the same for an attempt to be gone on with. */
export interface JournalHead {
  readonly state: SourceState;
  /** Public keys, `passphrase` or `none`: files of one dump are all encrypted alike. */
  readonly sealedFor: string;
}

interface JournalLine {
  /** SHA-256 of the statement that gave the rows. */
  readonly statement: string;
  /** Absent: it gave none. */
  readonly file?: DumpRows;
}

/**
 * Which files of an unfinished dump are whole: a line each, written when the file is on disk. Only a dump of a source that can't change has one.
 */
export class DumpJournal {
  readonly #folder: string;
  readonly #known: ReadonlyMap<string, JournalLine>;

  private constructor(folder: string, known: ReadonlyMap<string, JournalLine>) {
    this.#folder = folder;
    this.#known = known;
  }

  static async begin(folder: string, head: JournalHead): Promise<DumpJournal> {
    await append(folder, head);
    return new DumpJournal(folder, new Map());
  }

  /** Goes on with the attempt in the folder: what the journal doesn't know as finished is removed. */
  static async goOn(folder: string, keep: readonly string[]): Promise<DumpJournal> {
    const { lines, wholeBytes } = await readJournal(folder);
    await truncate(join(folder, journalName), wholeBytes);
    const finished = new Set(lines.flatMap(({ file }) => (file === undefined ? [] : [file.name])));
    const stays = new Set([...keep, journalName, 'data', ...finished]);
    const names = [...(await readdir(folder)), ...(await readdir(join(folder, 'data')).catch(() => [])).map((name) => `data/${name}`)];
    for (const name of names) if (!stays.has(name)) await rm(join(folder, name), { force: true });
    return new DumpJournal(folder, new Map(lines.map((line) => [line.statement, line])));
  }

  /** True for a file that an earlier attempt finished. */
  isTaken(name: string): boolean {
    return [...this.#known.values()].some(({ file }) => file?.name === name);
  }

  /** What an earlier attempt wrote for this statement, when every byte of it is still there; `rows: none` when it had none. */
  async finished(statement: string): Promise<{ readonly file?: DumpRows } | undefined> {
    const line = this.#known.get(keyOf(statement));
    if (line === undefined || line.file === undefined) return line;
    const hash = createHash('sha256');
    const path = join(this.#folder, line.file.name);
    const read = await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash).then(
      () => true,
      () => false,
    );
    if (read && hash.digest('hex') === line.file.sha256) return line;
    await rm(path, { force: true });
    return undefined;
  }

  async finish(statement: string, file: DumpRows | undefined): Promise<void> {
    await append(this.#folder, { statement: keyOf(statement), ...(file === undefined ? {} : { file }) });
  }
}

/** Reads the journal of an unfinished dump, as far as it is whole: its writer may have ended in the middle of a line. Without one, `head` is undefined. */
export async function readJournal(
  folder: string,
): Promise<{ readonly head: JournalHead | undefined; readonly lines: readonly JournalLine[]; readonly wholeBytes: number }> {
  const text = await readFile(join(folder, journalName), 'utf8').catch(() => '');
  const parsed: unknown[] = [];
  let at = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
    try {
      parsed.push(JSON.parse(text.slice(at, end)));
    } catch {
      break;
    }
    at = end + 1;
  }
  const [head, ...lines] = parsed as [JournalHead | undefined, ...JournalLine[]];
  return { head, lines, wholeBytes: Buffer.byteLength(text.slice(0, at)) };
}

async function append(folder: string, line: JournalHead | JournalLine): Promise<void> {
  await appendFile(join(folder, journalName), `${JSON.stringify(line)}\n`, { mode: 0o600, flush: true });
}

function keyOf(statement: string): string {
  return createHash('sha256').update(statement).digest('hex');
}
