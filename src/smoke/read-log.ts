import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** An application that prints its whole life must not fill memory or the run folder. */
const keptBytes = 2 * 1024 * 1024;

/** A log's text; of a very long one the end. Empty where there is none. */
export async function readLog(file: string): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const start = Math.max(0, size - keptBytes);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(size - start), position: start });
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    return start === 0 ? text : `… ${start} bytes before …\n${text}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Lines of a log that one of these regular expressions matches, however long the log is; of very many the first thousand. */
export async function findLines(file: string, patterns: readonly string[]): Promise<readonly string[]> {
  if (patterns.length === 0) return [];
  const expressions = patterns.map((pattern) => new RegExp(pattern, 'mu'));
  const found: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (expressions.some((expression) => expression.test(line))) found.push(line);
    if (found.length === 1000) break;
  }
  return found;
}

/** The last lines, for a finding. */
export function lastLines(text: string, count = 12): string {
  return text
    .split('\n')
    .map((line) => (line.length > 400 ? `${line.slice(0, 400)} …` : line))
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}
