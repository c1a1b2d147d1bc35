import { mkdirSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../faults/fault-commands.ts';
import { expectSound, removeEverything, withFaultStage } from '../faults/fault-stage.ts';

test('a dump that looks whole and isn’t would be seen, and so would one that is half-made', async () => {
  await withFaultStage(async (stage) => {
    expect(await stage.cli(['clone'])).toMatchObject({ exitCode: 0 });
    await expectSound(stage, commands.clone, false);
    expect(await stage.cli(['clone'])).toMatchObject({ exitCode: 0 });
    const dump = join(stage.folder, 'dump', readdirSync(join(stage.folder, 'dump')).at(-1) ?? '');
    const files = readdirSync(join(dump, 'data')).map((name) => join(dump, 'data', name));
    const [largest = ''] = files.toSorted((left, right) => statSync(right).size - statSync(left).size);
    truncateSync(largest, statSync(largest).size - 1);
    await expect(expectSound(stage, commands.clone, false)).rejects.toThrow('loads');
    rmSync(dump, { recursive: true });
    mkdirSync(join(stage.folder, 'dump/.shop.partial'));
    await expect(expectSound(stage, commands.clone, false)).rejects.toThrow('half-made dumps');
    rmSync(join(stage.folder, 'dump/.shop.partial'), { recursive: true });
    await removeEverything(stage.home);
  });
});
