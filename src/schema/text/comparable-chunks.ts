import type { ChunkedDump, DumpChunk } from './chunk-dump.ts';

/** Entries that hold no expression: the catalogs' outline says all that they say, and grants come in the order in which they were made. */
const outlined = new Set(['ACL', 'DEFAULT ACL', 'COMMENT', 'SECURITY LABEL']);

/**
 * The entries of a dump as texts that are the same for two schemas that are: without headers and settings, in an order of their own, and with all lists sorted whose
 * order means nothing. What is left out or sorted here, the catalogs' facts tell anyhow; sorting keeps every word.
 */
export function comparableChunks(dump: ChunkedDump, isCompared: (chunk: DumpChunk) => boolean = () => true): readonly string[] {
  const texts: string[] = [];
  for (const chunk of dump.chunks()) if (!outlined.has(chunk.type) && isCompared(chunk)) texts.push(comparable(chunk));
  return texts.sort();
}

function comparable({ type, text }: DumpChunk): string {
  // Behind the header's three lines.
  let body = text.slice(text.indexOf('\n--\n', '--\n-- '.length) + '\n--\n'.length).trim();
  if (body.includes(' AS IDENTITY (')) body = body.replace(/( AS IDENTITY \(\n {4}SEQUENCE NAME )\S.*$/gm, '$1');
  if (body.includes('WITH (')) body = body.replace(/(?<=WITH \()[\w.]+=[^()]*(?=\))/g, sorted);
  if (body.includes(' FOR VALUES IN (')) body = body.replace(/(?<= FOR VALUES IN \().*(?=\))/g, sorted);
  if (type === 'POLICY') body = body.replace(/(?<=^CREATE POLICY .* TO )[^(\n]+?(?= USING| WITH CHECK|;|$)/, sorted);
  if (type === 'TRIGGER') body = body.replace(/(?<= UPDATE OF )[^\n]+?(?= ON )/, sorted);
  return body;
}

function sorted(list: string): string {
  return list.split(', ').sort().join(', ');
}
