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

export interface ChunkedDump {
  /** Settings of the restoring session. */
  readonly head: string;
  readonly chunks: readonly DumpChunk[];
}

const header = /^--\n-- (?:Data for )?Name: (.*); Type: ([A-Z][A-Z ]*); Schema: (.*?); Owner: .*\n--\n/gm;
/** Settings that pg_dump writes at the end of one entry for those that follow. */
const trailingSettings = /(?:\n*SET default_(?:tablespace|table_access_method) = [^\n]*;\n*)+$/;
const setting = /^SET (default_tablespace|default_table_access_method) = .*;$/gm;

/**
 * Cuts a dump at pg_dump's headers, without a look at its statements: some ten times faster than reading them. A function's body that holds a line
 * like a header is cut in two. So what is made of chunks may only ever ask for a closer look, or be checked by one.
 */
export function chunkDump(text: string): ChunkedDump {
  const starts = [...text.matchAll(header)];
  const current = new Map<string, string>();
  const take = (part: string): string => {
    const trailing = trailingSettings.exec(part)?.[0];
    if (trailing === undefined) return part;
    for (const [line, name = ''] of trailing.matchAll(setting)) current.set(name, line);
    return part.slice(0, part.length - trailing.length);
  };
  const head = take(text.slice(0, starts[0]?.index ?? text.length));
  const chunks = starts.map((start, place): DumpChunk => {
    const settings = [...current.values()].join('\n');
    const [, name = '', type = '', schema = ''] = start;
    const own = take(text.slice(start.index, starts[place + 1]?.index ?? text.length));
    return { type, schema: schema === '-' ? '' : schema, name, settings, text: own.trimEnd() };
  });
  return { head, chunks };
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
