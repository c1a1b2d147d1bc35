import { open } from 'node:fs/promises';

const batchBytes = 256 * 1024;

/** Writes lines, readable for the file's owner only; on the disk when this returns. @param onText told what was written, in order */
export async function writeTextLines(file: string, lines: AsyncIterable<string>, onText: (text: string) => void): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    let gathered = '';
    const flush = async () => {
      onText(gathered);
      await handle.appendFile(gathered);
      gathered = '';
    };
    for await (const line of lines) {
      gathered += line;
      if (gathered.length >= batchBytes) await flush();
    }
    await flush();
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
