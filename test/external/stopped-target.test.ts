import { expect, test } from 'vitest';
import { useProduction } from '../program/shop-production.ts';
import { ledgerLines, withStage } from '../program/stage.ts';
import { withOwnServer } from '../support/own-server.ts';
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
});

test('ended by Ctrl-C, it leaves nothing', async () => {
  await withStage(production, { settings }, async ({ cli }) => {
    const ended = await cli(['run'], { env: { TARGET_URL: target.url }, during: oncePrinted('Copying', (child) => child.kill('SIGINT')) });
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(130);
  });
});

test('a server that goes away in the middle ends the run, and its lines stay until gc reaches it', async () => {
  await withOwnServer(18, { hba: ['host all all 127.0.0.1/32 trust'] }, async (server) => {
    const { host, port } = server.tcp;
    const url = `postgres://postgres@${host}:${port}/postgres?sslmode=disable`;
    await withStage(production, { settings }, async ({ cli, home }) => {
      const ended = await cli(['run'], { env: { TARGET_URL: url }, during: oncePrinted('provision', () => server.kill('SIGQUIT')) });
      expect(ended.exitCode, ended.stdout).toBe(5);
      expect(ledgerLines(home).length).toBeGreaterThan(1);
      const swept = await cli(['gc'], { env: { TARGET_URL: url } });
      expect({ exitCode: swept.exitCode, text: swept.stderr }).toMatchObject({ exitCode: 5, text: expect.stringContaining('can’t be reached') });
      // Another server at the same address proves nothing: only the one on which they were made may be swept.
      const other = await cli(['gc'], { env: { TARGET_URL: target.url } });
      expect({ exitCode: other.exitCode, text: other.stderr }).toMatchObject({ exitCode: 5, text: expect.stringContaining('is another one than that') });
      await server.restart();
      expect((await cli(['gc'], { env: { TARGET_URL: url } })).exitCode).toBe(0);
      expect(await strangersOn(server.tcp)).toEqual([]);
    });
  });
});
