import { open } from 'node:fs/promises';

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

/** The last lines, for a finding. */
export function lastLines(text: string, count = 12): string {
  return text
    .split('\n')
    .map((line) => (line.length > 400 ? `${line.slice(0, 400)} …` : line))
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}
