import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Bytes of a stream that are kept; the rest is only passed on line by line. */
const KEPT_BYTES = 16 * 1024 * 1024;
const CUT = '\n… cut: more than 16 MiB …\n';

/** Collects a child's output, up to a limit, and tells each line as it comes. The function gives what was collected. */
export function collectLines(stream: Readable | null, onLine?: (line: string) => void): () => string {
  const decoder = new StringDecoder('utf8');
  const kept: string[] = [];
  let bytes = 0;
  let cut = false;
  let open = '';
  const take = (text: string) => {
    if (onLine === undefined) return;
    const [first = '', ...rest] = text.split('\n');
    open += first;
    // Without this, a child that prints megabytes without a line's end would fill memory.
    if (open.length > KEPT_BYTES) open = open.slice(-KEPT_BYTES);
    for (const next of rest) {
      onLine(open.endsWith('\r') ? open.slice(0, -1) : open);
      open = next;
    }
  };
  stream?.on('data', (chunk: Buffer) => {
    const text = decoder.write(chunk);
    if (bytes < KEPT_BYTES) kept.push(text);
    else if (!cut) {
      cut = true;
      kept.push(CUT);
    }
    bytes += chunk.length;
    take(text);
  });
  stream?.once('end', () => {
    const rest = decoder.end();
    kept.push(rest);
    take(rest);
    if (open !== '') onLine?.(open);
  });
  stream?.on('error', () => {});
  return () => kept.join('');
}
