import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Only root may mount. */
export const canMount = process.getuid?.() === 0 && existsSync('/bin/mount');

/** Puts a file system of its own, in a file, under each folder, which can be filled up and emptied again. Nothing of it stays. */
export async function withSmallDisks<T>(folders: readonly string[], megabytes: number, use: (disks: SmallDisks) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'pgr-disks-'));
  const mounted: string[] = [];
  try {
    for (const [place, folder] of folders.entries()) {
      mkdirSync(folder, { recursive: true });
      const file = join(root, String(place));
      writeFileSync(file, '');
      truncateSync(file, megabytes * 1024 ** 2);
      // Without room that only root has: programs of ours run as root, their servers don't.
      call('mkfs.ext4', '-q', '-m', '0', '-O', '^has_journal', file);
      call('mount', '-o', 'loop', file, folder);
      mounted.push(folder);
      rmSync(join(folder, 'lost+found'), { recursive: true });
      chmodSync(folder, 0o711);
    }
    return await use(new SmallDisks(mounted));
  } finally {
    for (const folder of mounted) call('umount', '--lazy', folder);
    rmSync(root, { recursive: true, force: true });
  }
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

function call(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}
