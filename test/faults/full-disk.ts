import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Only root may mount. */
export const canMount = process.getuid?.() === 0 && existsSync('/bin/mount');

/** Puts a file system of its own, in memory, under each folder, which can be filled up and emptied again. Nothing of it stays. */
export async function withSmallDisks<T>(folders: readonly string[], megabytes: number, use: (disks: SmallDisks) => Promise<T>): Promise<T> {
  const mounted: string[] = [];
  try {
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true });
      const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'pgr-small', folder], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`mount: ${stderr}`);
      mounted.push(folder);
    }
    return await use(new SmallDisks(mounted));
  } finally {
    for (const folder of mounted) spawnSync('umount', ['--lazy', folder]);
  }
}

const filler = '.everything-else';

class SmallDisks {
  readonly #folders: readonly string[];
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Somebody else takes all that is left, but for a few bytes. */
  fill(): void {
    for (const folder of this.#folders) {
      const { bavail, bsize } = statfsSync(folder);
      const file = join(folder, filler);
      writeFileSync(file, '');
      spawnSync('fallocate', ['--length', String(Math.max(bsize, (bavail - 8) * bsize)), file]);
    }
  }

  empty(): void {
    for (const folder of this.#folders) rmSync(join(folder, filler), { force: true });
  }
}
