import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { CliOutcome } from '../support/run-cli.ts';
import { shopFiles, shopProduction } from './shop.ts';
import { useProduction } from './shop-production.ts';
import { ledgerLines, processesIn, type Stage, type StageOptions, withStage } from './stage.ts';

/** Enough rows that the signal comes while they are on their way. */
const largeTable = `create table public.large as select n, repeat(md5(n::text), 15) as text from generate_series(1, 100000) as n;`;
const slow = 'select pg_catalog.pg_sleep(120);\n';

const moments = {
  copying: { stage: { script: shopProduction + largeTable }, isThere: (output: string) => /copying \d+ tables/.test(output) },
  migrating: { stage: { files: { 'migrations/0002_note.sql': slow } }, isThere: (output: string) => output.includes('"phase":"migrate"') && migratorAtWork() },
  'building the baseline': {
    stage: { files: { 'schema/head.sql': `${shopFiles['schema/head.sql']}${slow}` } },
    isThere: (output: string) => output.includes('"phase":"schema-gate"') && migratorAtWork(),
  },
} satisfies Readonly<Record<string, { readonly stage: StageOptions; readonly isThere: (output: string) => boolean }>>;

type Moment = keyof typeof moments;

/** Shows in the names of server processes, so that those of other tests aren't taken for this one's. */
const database = 'shop_interrupted';

/** A server process that runs a query for the migrator: on a clone, since it never comes near production. */
function migratorAtWork(): boolean {
  return /postgres: shop_migrator shop_interrupted .* SELECT/.test(spawnSync('ps', ['-axww', '-o', 'args='], { encoding: 'utf8' }).stdout);
}

/** Runs until the moment has come, then sends the signal. */
async function interrupt({ cli }: Stage, isThere: (output: string) => boolean, signal: NodeJS.Signals): Promise<CliOutcome & { readonly tookMs: number }> {
  let sentAt = 0;
  const ended = await cli(['run', '--json'], {
    during: (child, output) => {
      const poll = setInterval(() => {
        if (!isThere(output())) return;
        clearInterval(poll);
        sentAt = performance.now();
        child.kill(signal);
      }, 50);
      child.once('exit', () => clearInterval(poll));
    },
  });
  expect(sentAt, `never there: ${ended.stdout.slice(-2000)}${ended.stderr}`).toBeGreaterThan(0);
  return { ...ended, tookMs: performance.now() - sentAt };
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** One test for each moment and signal; SIGKILL leaves things behind, and gc has to remove them. */
export function describeInterruptions(cases: readonly (readonly [Moment, 'SIGINT' | 'SIGTERM' | 'SIGKILL'])[]): void {
  const production = useProduction();

  test.each(cases)('%s, %s', async (moment, signal) => {
    const { stage: options, isThere } = moments[moment];
    await withStage(production, { database, ...options }, async (stage) => {
      const ended = await interrupt(stage, isThere, signal);
      if (signal === 'SIGKILL') {
        expect(ended.signal).toBe(signal);
        await expectCollected(stage);
        return;
      }
      expect(ended.stderr).toContain('Stopping: removing everything that was made');
      expect(ended.stdout).toContain('"code":"interrupted"');
      expect(ended.exitCode).toBe(exitCodes[signal]);
      // It didn't wait for a statement that takes two minutes.
      expect(ended.tookMs).toBeLessThan(20_000);
      expect(await stage.cli(['clones', '--json'])).toMatchObject({ exitCode: 0, stdout: '[]\n' });
    });
  });
}

async function expectCollected({ cli, home }: Stage): Promise<void> {
  expect(ledgerLines(home)).not.toEqual([]);
  expect(processesIn(home)).not.toEqual([]);
  const collected = await cli(['gc']);
  expect(collected).toMatchObject({ exitCode: 0, stderr: '' });
  expect(collected.stdout).toMatch(/^Removed image /m);
  expect(await cli(['gc'])).toMatchObject({ exitCode: 0, stdout: 'Nothing to remove.\n' });
}
