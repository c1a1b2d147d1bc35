import { entryMark } from './chunk-dump.ts';

/** An entry as its header names it, and what stands below. */
export interface HeadedEntry {
  readonly type: string;
  readonly schema: string;
  readonly name: string;
}

/** Entries without such an expression as the catalogs' outline leaves to the text (`written` in fact-family.ts). Grants come in the order in which they were made. */
const outlined = new Set([
  ...['ACL', 'DEFAULT ACL', 'COMMENT', 'SECURITY LABEL', 'ROW SECURITY', 'SCHEMA', 'EXTENSION', 'TYPE', 'SEQUENCE', 'SEQUENCE OWNED BY'],
  ...['FUNCTION', 'PROCEDURE', 'AGGREGATE'],
]);
const headerForm = /^(?:Data for )?Name: (.*); Type: ([A-Z][A-Z ]*); Schema: (.*?); Owner: /;

/**
 * The entries of a dump as texts that are the same for two schemas that are: without headers and settings, in an order of their own, and with all lists sorted whose
 * order means nothing. What is left out or sorted here, the catalogs' facts tell anyhow; sorting keeps every word. A body that holds a line like a header is cut
 * there, which loses nothing either.
 */
export function comparableChunks(text: string, isCompared: (entry: HeadedEntry) => boolean = () => true): readonly string[] {
  const texts: string[] = [];
  // Not by ChunkedDump: for thousands of entries this is several times as fast.
  for (const piece of text.split(entryMark).slice(1)) {
    const line = piece.indexOf('\n');
    const [, name = '', type = '', schema = ''] = headerForm.exec(piece.slice(0, line)) ?? [];
    if (outlined.has(type) || (type !== '' && !isCompared({ type, schema: schema === '-' ? '' : schema, name }))) continue;
    texts.push(comparable(type, type === '' ? piece : piece.slice(line + '\n--'.length).trim()));
  }
  return texts.sort();
}

function comparable(type: string, text: string): string {
  let body = text;
  // Settings for the entries that follow.
  if (body.includes('\nSET default_table')) body = body.replace(/(?:\n+SET default_table(?:space|_access_method) = .*;)+$/, '');
  if (body.includes('WITH (')) body = body.replace(/(?<=WITH \()[\w.]+=[^()]*(?=\))/g, sorted);
  if (body.includes(' FOR VALUES IN (')) body = body.replace(/(?<= FOR VALUES IN \().*(?=\))/g, sorted);
  if (type === 'POLICY') body = body.replace(/(?<=^CREATE POLICY .* TO )[^(\n]+?(?= USING| WITH CHECK|;|$)/, sorted);
  if (type === 'TRIGGER') body = body.replace(/(?<= UPDATE OF )[^\n]+?(?= ON )/, sorted);
  return body;
}

function sorted(list: string): string {
  return list.split(', ').sort().join(', ');
}
