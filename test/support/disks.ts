import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './temporary-folder.ts';

export type FileSystem = 'ext4' | 'btrfs' | 'xfs';

/** What makes each: without room that only root has, since servers of ours don't run as root. */
const makers: Readonly<Record<FileSystem, readonly [command: string, ...args: string[]]>> = {
  ext4: ['mkfs.ext4', '-q', '-m', '0', '-O', '^has_journal'],
  btrfs: ['mkfs.btrfs', '-q'],
  xfs: ['mkfs.xfs', '-q', '-m', 'reflink=1'],
};

/** Only root may mount, and a machine may lack the programs. */
export function canMount(type: FileSystem): boolean {
  const has = (program: string) => ['/sbin', '/usr/sbin', '/bin'].some((folder) => existsSync(join(folder, program)));
  return process.getuid?.() === 0 && existsSync('/dev/loop-control') && has('mount') && has(makers[type][0]);
}

/** A file system of its own, in a file, mounted on a folder: its own one unless given. Nothing of it stays. */
export class Disk implements Disposable {
  readonly folder: string;
  readonly #file: string;

  constructor(type: FileSystem, megabytes: number, folder?: string) {
    const place = makeFolder('pgr-disk-');
    chmodSync(place, 0o711);
    this.folder = folder ?? join(place, 'disk');
    this.#file = join(place, 'file');
    try {
      writeFileSync(this.#file, '');
      truncateSync(this.#file, megabytes * 1024 ** 2);
      const [command, ...args] = makers[type];
      call(command, ...args, this.#file);
      mkdirSync(this.folder, { recursive: true });
      call('mount', '-o', 'loop', this.#file, this.folder);
    } catch (error) {
      rmSync(place, { recursive: true });
      throw error;
    }
    // The servers' user passes through, and nothing is there that wasn't put there.
    chmodSync(this.folder, 0o711);
    rmSync(join(this.folder, 'lost+found'), { recursive: true, force: true });
  }

  /** Takes what room there is, to the last block. */
  fill(): void {
    for (const size of [64 * 1024, 1024, 1]) {
      const bytes = Buffer.alloc(size, 'x');
      for (let at = 0; ; at++) {
        try {
          writeFileSync(join(this.folder, `full-${size}-${at}`), bytes);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          break;
        }
      }
    }
  }

  [Symbol.dispose](): void {
    // A server that is just ending may still hold it.
    call('umount', '--lazy', this.folder);
    rmSync(join(this.#file, '..'), { recursive: true });
  }
}

function call(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}
