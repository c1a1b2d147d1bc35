import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { openTestSource } from '../../../test/support/dump-of.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { writeDump } from './write-dump.ts';

const production = `
  create table t as select gen_random_uuid() as a, gen_random_uuid() as b, gen_random_uuid() as c, gen_random_uuid() as d from generate_series(1, 20000)`;

/** A folder on a disk of its own of this size. */
async function withSmallDisk(kilobytes: number, use: (folder: string) => Promise<void>): Promise<void> {
  await withFolder({}, async (folder) => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk]);
    if (mounted.status !== 0) throw new Error(String(mounted.stderr));
    try {
      await use(disk);
    } finally {
      spawnSync('umount', [disk]);
    }
  });
}

// Mounting needs root.
test.skipIf(process.getuid?.() !== 0)('a full disk: refused beforehand where it shows, else named, and nothing stays', async () => {
  await withDatabase(15, production, (address) =>
    withContext(async (context) => {
      for (const [kilobytes, message] of [
        [200, /takes about [\d.]+ MB or more, and 0\.\d MB are free/],
        [1000, /There is no room for the dump/],
      ] as const) {
        await withSmallDisk(kilobytes, async (folder) => {
          await using source = await openTestSource(context, address);
          const written = await writeDump(context, source, folder);
          expect(written).toMatchObject({ ok: false, failure: { code: 'disk-short', message: expect.stringMatching(message) } });
          expect(readdirSync(folder)).toEqual([]);
        });
      }
      expect(await context.ledger.list()).toEqual([]);
    }),
  );
});
