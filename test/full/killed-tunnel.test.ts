import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { removeTunnel } from '../../src/cloud/tunnel/remove-tunnel.ts';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import type { TunnelWish } from '../../src/core/cloud.ts';
import { testServer } from '../support/databases.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { startSshd } from '../support/sshd.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { markedProcesses } from '../support/tunnel-tries.ts';
import { openContext } from '../support/with-context.ts';

afterEach(() => vi.unstubAllEnvs());

const program = join(import.meta.dirname, '../support/tunnel-program.ts');

interface Stage {
  readonly wish: TunnelWish;
  readonly env: Record<string, string | undefined>;
  /** What is left at the far end. */
  readonly left: () => readonly string[];
}

/** Kills a run at every moment that it has, one run each, and has the garbage collected. Gives how many there are. */
async function killAtEach({ wish, env, left }: Stage): Promise<number> {
  return await withFolder({}, async (root) => {
    chmodSync(root, 0o755);
    for (let moment = 0; ; moment++) {
      const args = [program, root, String(moment), JSON.stringify(wish), String(testServer(18).port)];
      const child = spawn(process.execPath, args, { env: { ...process.env, ...env, PGREHEARSE_HOME: root }, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== null) {
        expect(said, `moment ${moment}`).toBe('');
        expect(left()).toEqual([]);
        return moment;
      }
      const context = await openContext(root);
      const lines = await context.ledger.list();
      const collected = await collectGarbage(context, { dryRun: false, removers: { tunnel: removeTunnel } });
      expect(collected.failures, `moment ${moment}`).toEqual([]);
      expect(await context.ledger.list()).toEqual([]);
      expect(
        lines.flatMap(({ id }) => markedProcesses(id)).map(({ commandLine }) => commandLine),
        `moment ${moment}`,
      ).toEqual([]);
      expect(left(), `moment ${moment}`).toEqual([]);
    }
  });
}

test('a run that is killed at any moment of a tunnel through Systems Manager leaves no process and no session', { timeout: 600_000 }, async () => {
  await using aws = await FakeAws.start();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  aws.ec2.machines.push({ id: 'i-1', region: FakeAws.region, state: 'running', tags: {}, agent: { version: '3.3.2299.0', status: 'Online' } });
  aws.servers.set(`127.0.0.1:${testServer(18).port}`, testServer(18).port);
  const access = { region: FakeAws.region };
  const moments = await killAtEach({
    wish: { kind: 'ssm', access, bastion: { instanceId: 'i-1' } },
    env: aws.programEnvironment,
    left: () => [...aws.ssm.sessions.keys()],
  });
  expect(moments).toBeGreaterThan(30);
});

test('a run that is killed at any moment of a tunnel by ssh leaves no process', { timeout: 600_000 }, async () => {
  await using sshd = await startSshd();
  const moments = await killAtEach({ wish: { kind: 'ssh', host: 'bastion', configFile: sshd.configFile('c') }, env: {}, left: () => [] });
  expect(moments).toBeGreaterThan(9);
});
