import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Disk } from '../support/disks.ts';

/** Puts a file system of its own under each folder, which can be filled up and emptied again. */
export async function withSmallDisks<T>(folders: readonly string[], megabytes: number, use: (disks: SmallDisks) => Promise<T>): Promise<T> {
  using mounted = new DisposableStack();
  for (const folder of folders) mounted.use(new Disk('ext4', megabytes, folder));
  return await use(new SmallDisks(folders));
}

const filler = '.everything-else';

export class SmallDisks {
  readonly #folders: readonly string[];
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Somebody else takes all that is left, but for a few bytes. */
  fill(): void {
    for (const folder of this.#folders) {
      const file = join(folder, filler);
      writeFileSync(file, '');
      const { bavail, bsize } = statfsSync(folder);
      // A file's map takes blocks too, so that the last ones may be refused.
      for (let blocks = bavail - 8; blocks > 0; blocks = Math.floor(blocks * 0.99)) {
        if (spawnSync('fallocate', ['--length', String(blocks * bsize), file]).status === 0) break;
      }
    }
  }

  empty(): void {
    for (const folder of this.#folders) rmSync(join(folder, filler), { force: true });
  }
}
