import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** Bytes that are gathered before they are written. */
const batchBytes = 256 * 1024;

/** Writes objects as lines. */
export interface LineWriter {
  write(line: object): void;
  /** What was written until now is on the disk, also after a power cut. */
  settle(): Promise<void>;
}

/** Makes a file of JSON lines, readable for its owner only; on the disk when this returns. */
export async function writeJsonLines<T>(file: string, use: (writer: LineWriter) => Promise<T>): Promise<T> {
  const handle = await open(file, 'w', 0o600);
  let gathered: string[] = [];
  let gatheredBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = () => {
    const text = gathered.join('');
    gathered = [];
    gatheredBytes = 0;
    if (text !== '') writing = writing.then(() => handle.appendFile(text));
    return writing;
  };
  const settle = async () => {
    await flush();
    await handle.datasync();
  };
  try {
    const value = await use({
      write(line) {
        const text = `${JSON.stringify(line)}\n`;
        gathered.push(text);
        gatheredBytes += text.length;
        // An error shows with the next flush that is waited for.
        if (gatheredBytes >= batchBytes) flush().catch(() => {});
      },
      settle,
    });
    await settle();
    return value;
  } finally {
    await writing.catch(() => {});
    await handle.close();
  }
}

/** Reads them again, a line at a time. */
export async function* readJsonLines<T>(file: string): AsyncGenerator<T> {
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })) yield JSON.parse(line) as T;
}
