/** What stands below one of pg_dump's headers, as raw text. */
export interface DumpChunk {
  /** As pg_dump calls it: `TABLE`, `FK CONSTRAINT`. */
  readonly type: string;
  /** Not quoted; '' for objects without a schema. */
  readonly schema: string;
  /** Not quoted: `invoice`, `invoice invoice_pkey`, `f(integer)`, `TABLE invoice`. */
  readonly name: string;
  /** `SET default_tablespace` and the like that hold for it, as they would have to be repeated before it. */
  readonly settings: string;
  /** With its header. */
  readonly text: string;
}

/** Stands before every header of an entry. */
export const entryMark = '\n--\n-- ';
const header = /--\n-- (?:Data for )?Name: (.*); Type: ([A-Z][A-Z ]*); Schema: (.*?); Owner: .*\n--\n/y;
/** Settings that pg_dump writes at the end of one entry for those that follow. */
const setting = /SET (default_tablespace|default_table_access_method) = [^\n]*;(?=\n)/y;
const settingMark = '\nSET default_table';

/**
 * A dump cut at pg_dump's headers, without a look at its statements: some ten times faster than reading them. A function's body that holds a line
 * like a header is cut in two. So what is made of chunks may only ever ask for a closer look, or be checked by one.
 */
export class ChunkedDump {
  readonly text: string;
  /** Where the first chunk begins; the end of the text where there is none. */
  readonly start: number;
  /** Where settings change, and what holds from there on. */
  readonly #changes: readonly { readonly at: number; readonly settings: string }[];
  readonly #places: ReadonlySet<number>;

  constructor(text: string) {
    this.text = text;
    this.start = this.headerFrom(0);
    this.#changes = this.#findChanges();
    this.#places = new Set(this.#changes.map(({ at }) => at));
  }

  /** Settings of the restoring session. */
  get head(): string {
    return this.#withoutSettings(0, this.start);
  }

  /** Where the first header at or behind this offset begins; the end of the text where there is none. */
  headerFrom(offset: number): number {
    if (offset === 0 && this.#headerAt(0) !== null) return 0;
    for (let at = this.text.indexOf(entryMark, Math.max(offset - 1, 0)); at !== -1; at = this.text.indexOf(entryMark, at + 1)) {
      if (this.#headerAt(at + 1) !== null) return at + 1;
    }
    return this.text.length;
  }

  /** The last header behind one offset that ends before another. */
  headerBetween(from: number, to: number): number | undefined {
    for (let at = this.text.lastIndexOf(entryMark, to - entryMark.length); at >= from; at = this.text.lastIndexOf(entryMark, at - 1)) {
      const found = this.#headerAt(at + 1);
      if (found !== null && at + 1 + found[0].length <= to) return at + 1;
    }
    return undefined;
  }

  /** The chunk whose header begins here, and where the next one does. */
  chunkAt(start: number): { readonly chunk: DumpChunk; readonly end: number } {
    const [label = '', name = '', type = '', schema = ''] = this.#headerAt(start) ?? [];
    const end = this.headerFrom(start + label.length);
    const text = this.#withoutSettings(start, end);
    return { chunk: { type, schema: schema === '-' ? '' : schema, name, settings: this.settingsAt(start), text }, end };
  }

  /** Every chunk, or those alone that a look at the header's line (`Name: invoice; Type: TABLE; Schema: public; Owner: app`) doesn't rule out. */
  *chunks(mayBeWanted: (line: string) => boolean = () => true): Generator<DumpChunk> {
    const labelled = '--\n-- '.length;
    for (let at = this.start; at < this.text.length; ) {
      const line = this.text.slice(at + labelled, this.text.indexOf('\n', at + labelled));
      // What isn't wanted needs no closer look at whether it is a header.
      if (mayBeWanted(line) && this.#headerAt(at) !== null) {
        const { chunk, end } = this.chunkAt(at);
        yield chunk;
        at = end;
      } else at = this.text.indexOf(entryMark, at + labelled + line.length + '\n--'.length) + 1 || this.text.length;
    }
  }

  /** What headers of this type name. */
  *labels(type: string): Generator<Pick<DumpChunk, 'schema' | 'name'>> {
    const typed = `; Type: ${type}; Schema: `;
    for (let at = this.text.indexOf(typed); at !== -1; at = this.text.indexOf(typed, at + typed.length)) {
      const [, name = '', found, schema = ''] = this.#headerAt(this.text.lastIndexOf('\n', at) - '--'.length) ?? [];
      if (found === type) yield { schema, name };
    }
  }

  /** The settings that hold at this offset. */
  settingsAt(offset: number): string {
    let [low, high] = [0, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle]?.at ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return this.#changes[low - 1]?.settings ?? '';
  }

  #headerAt(offset: number): RegExpExecArray | null {
    header.lastIndex = offset;
    return header.exec(this.text);
  }

  /** A line like a setting counts where only such lines stand between it and the next header: not in a function's body. */
  #findChanges(): readonly { readonly at: number; readonly settings: string }[] {
    const current = new Map<string, string>();
    const changes: { readonly at: number; readonly settings: string }[] = [];
    for (let at = this.text.indexOf(settingMark); at !== -1; at = this.text.indexOf(settingMark, at + 1)) {
      const found = this.#settingAt(at + 1);
      if (found === null || !this.#endsInSettings(at + 1)) continue;
      current.set(found[1] ?? '', found[0]);
      const settings = [...current].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
      changes.push({ at: at + 1, settings: settings.join('\n') });
    }
    return changes;
  }

  #endsInSettings(offset: number): boolean {
    for (let at = offset; at < this.text.length; ) {
      if (this.text[at] === '\n') at++;
      else {
        const found = this.#settingAt(at);
        if (found === null) return this.#headerAt(at) !== null;
        at += found[0].length;
      }
    }
    return true;
  }

  #settingAt(offset: number): RegExpExecArray | null {
    setting.lastIndex = offset;
    return setting.exec(this.text);
  }

  #withoutSettings(start: number, end: number): string {
    let own = this.text.slice(start, end).trimEnd();
    for (;;) {
      const line = own.lastIndexOf('\n') + 1;
      if (!own.startsWith('SET default_table', line) || !this.#places.has(start + line)) break;
      own = own.slice(0, line).trimEnd();
    }
    return own;
  }
}

/** Chunks as a text that can be read and restored like a dump. */
export function joinChunks(head: string, chunks: Iterable<DumpChunk>): string {
  const parts = [head];
  let settings = '';
  for (const chunk of chunks) {
    if (chunk.settings !== settings) parts.push(chunk.settings === '' ? `SET default_tablespace = '';` : chunk.settings);
    settings = chunk.settings;
    parts.push(chunk.text);
  }
  return `${parts.join('\n\n')}\n`;
}
