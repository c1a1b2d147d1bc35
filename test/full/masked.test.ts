import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { columns, configuration, expectNoCanary, files, script } from '../program/customers.ts';
import { useProduction } from '../program/shop-production.ts';
import { type Stage, withStage } from '../program/stage.ts';
import { proveNothingUnmasked } from '../support/prove-unmasked.ts';

const production = useProduction();

test('no masked value gets to a copy, a dump or what is kept of them; joins hold (PostgreSQL 15)', () => proveNothingUnmasked(15));

test('a dump is written masked, and one with other masks is not loaded', async () => {
  await withStage(production, { script, files, settings: configuration({ columns }) }, async (stage) => {
    const { cli, folder } = stage;
    expect(await cli(['mask', '--check'])).toMatchObject({ exitCode: 0, stdout: '' });
    const cloned = await cli(['clone']);
    expect(cloned, cloned.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Masked: +2 columns in 1 table/) });
    expectNoCanary(stage);
    await writeSettings(stage, { columns: { ...columns, 'public.customer.phone': 'null' } });
    expect(await cli(['load'])).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/written with other masks/) });
    await writeSettings(stage, { columns });
    const loaded = await cli(['load', '--name', 'masked_shop', '--json']);
    expect(loaded, loaded.stderr).toMatchObject({ exitCode: 0 });
    expect(await cli(['drop', 'masked_shop'])).toMatchObject({ exitCode: 0 });
    const [dump] = readdirSync(join(folder, 'dump'));
    expect(await cli(['drop', '--dump', join('dump', String(dump))])).toMatchObject({ exitCode: 0 });
  });
});

async function writeSettings({ folder }: Stage, masking: object): Promise<void> {
  await writeFile(join(folder, 'pgrehearse.config.json'), configuration(masking));
}
