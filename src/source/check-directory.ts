import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, failure } from '../core/failure.ts';

const rowsEnd = '\\.\n\n\n';
/** What packed files begin with, by the ending of their names. */
const marks = new Map([
  ['gz', '1f8b'],
  ['zst', '28b52ffd'],
  ['lz4', '04224d18'],
]);

/**
 * What pg_restore reads over in its directory format: a plain file of rows that was cut off has no mark at its end, and what follows is taken for
 * rows; a packed file that is empty or no packed file at all is taken for plain text. Other damage of packed files it finds itself.
 */
export async function checkDirectory(folder: string): Promise<Failure | undefined> {
  for (const name of (await readdir(folder)).sort()) {
    const file = join(folder, name);
    const [, ending] = /^(?:\d+|blob_\d+)\.dat(?:\.(\w+))?$/.exec(name) ?? [];
    const mark = marks.get(ending ?? '');
    if (mark !== undefined) {
      const { head } = await ends(file);
      if (head.subarray(0, mark.length / 2).toString('hex') !== mark) return damaged(file, `is no ${ending} file: it was emptied or overwritten`);
    } else if (/^\d+\.dat$/.test(name)) {
      const { head, tail } = await ends(file);
      // With --inserts, rows are statements.
      const isInserts = head.toString('latin1') === '\n\n' || (head.toString('latin1').startsWith('INSERT INTO ') && tail.endsWith('\n\n'));
      if (!tail.endsWith(rowsEnd) && !isInserts) return damaged(file, 'lacks the mark with which rows end: it was cut off');
    }
  }
  return undefined;
}

function damaged(file: string, why: string): Failure {
  return failure('dump-damaged', `${file} ${why}.`, { place: { file } });
}

async function ends(file: string): Promise<{ readonly head: Buffer; readonly tail: string }> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const read = async (from: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, Math.max(0, from));
    return buffer.subarray(0, bytesRead);
  };
  return { head: await read(0), tail: (await read(size - 64)).toString('latin1') };
}
