import { expect, test } from 'vitest';
import { useProduction } from '../program/shop-production.ts';
import { ledgerLines, withStage } from '../program/stage.ts';
import { strangersOn } from '../support/strangers-on.ts';
import { oncePrinted } from './once-printed.ts';
import { useTarget } from './shared-target.ts';

const production = useProduction();
const target = useTarget();
const settings = { target: { urlVariable: 'TARGET_URL' } };

test('after a kill -9, gc removes all from the server, and not without its address', async () => {
  await withStage(production, { settings }, async ({ cli, home }) => {
    const { signal, stdout, stderr } = await cli(['run'], {
      env: { TARGET_URL: target.url },
      during: oncePrinted('migrate', (child) => child.kill('SIGKILL')),
    });
    expect(signal, stdout + stderr).toBe('SIGKILL');
    const left = await strangersOn(target.admin);
    expect(left.length).toBeGreaterThan(3);
    const blind = await cli(['gc']);
    expect({ exitCode: blind.exitCode, text: blind.stderr }).toMatchObject({ exitCode: 5, text: expect.stringContaining('TARGET_URL') });
    expect(ledgerLines(home).length).toBeGreaterThan(0);
    const swept = await cli(['gc'], { env: { TARGET_URL: target.url } });
    expect(swept.exitCode, swept.stderr).toBe(0);
  });
}, 120_000);

test('ended by Ctrl-C, it leaves nothing', async () => {
  await withStage(production, { settings }, async ({ cli }) => {
    const ended = await cli(['run'], { env: { TARGET_URL: target.url }, during: oncePrinted('Copying', (child) => child.kill('SIGINT')) });
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(130);
  });
});
