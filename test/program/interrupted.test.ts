import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { CliOutcome } from '../support/run-cli.ts';
import { shopFiles, shopProduction } from './shop.ts';
import { useProduction } from './shop-production.ts';
import { ledgerLines, processesIn, type Stage, type StageOptions, withStage } from './stage.ts';

const production = useProduction();

/** Enough rows that the signal comes while they are on their way. */
const largeTable = `create table public.large as select n, repeat(md5(n::text), 15) as text from generate_series(1, 100000) as n;`;
const slow = 'select pg_catalog.pg_sleep(120);\n';

const moments: Readonly<Record<string, { readonly stage: StageOptions; readonly isThere: (output: string) => boolean }>> = {
  copying: { stage: { script: shopProduction + largeTable }, isThere: (output) => /copying \d+ tables/.test(output) },
  migrating: { stage: { files: { 'migrations/0002_note.sql': slow } }, isThere: migratorAtWork },
  'building the baseline': {
    stage: { files: { 'schema/head.sql': `${shopFiles['schema/head.sql']}${slow}` } },
    isThere: (output) => output.includes('"phase":"schema-gate"') && migratorAtWork(),
  },
};

/** A server process that runs a query for the migrator: on a clone, since it never comes near production. */
function migratorAtWork(): boolean {
  return /postgres: shop_migrator .* SELECT/.test(spawnSync('ps', ['-axww', '-o', 'args='], { encoding: 'utf8' }).stdout);
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
      }, 20);
      child.once('exit', () => clearInterval(poll));
    },
  });
  expect(sentAt, `never there: ${ended.stdout.slice(-2000)}${ended.stderr}`).toBeGreaterThan(0);
  return { ...ended, tookMs: performance.now() - sentAt };
}

test.each(Object.keys(moments).flatMap((moment) => [[moment, 'SIGINT', 130] as const, [moment, 'SIGTERM', 143] as const]))(
  '%s, %s: exit code %i, and nothing is left',
  async (moment, signal, exitCode) => {
    const { stage: options, isThere } = moments[moment] ?? {};
    if (options === undefined || isThere === undefined) throw new Error(moment);
    await withStage(production, options, async (stage) => {
      const ended = await interrupt(stage, isThere, signal);
      expect(ended.stderr).toContain('Stopping: removing everything that was made');
      expect(ended.stdout).toMatch(/"code":"interrupted"/);
      expect(ended.exitCode).toBe(exitCode);
      // It didn't wait for a statement that takes two minutes.
      expect(ended.tookMs).toBeLessThan(20_000);
      expect(await stage.cli(['clones', '--json'])).toMatchObject({ exitCode: 0, stdout: '[]\n' });
    });
  },
);

test.each(Object.keys(moments))('%s, killed without a warning: gc removes all that is left', async (moment) => {
  const { stage: options, isThere } = moments[moment] ?? {};
  if (options === undefined || isThere === undefined) throw new Error(moment);
  await withStage(production, options, async (stage) => {
    const ended = await interrupt(stage, isThere, 'SIGKILL');
    expect(ended.signal).toBe('SIGKILL');
    expect(ledgerLines(stage.home)).not.toEqual([]);
    expect(processesIn(stage.home)).not.toEqual([]);
    const collected = await stage.cli(['gc']);
    expect(collected).toMatchObject({ exitCode: 0, stderr: '' });
    expect(collected.stdout).toMatch(/^Removed image /m);
    expect(await stage.cli(['gc'])).toMatchObject({ exitCode: 0, stdout: 'Nothing to remove.\n' });
  });
});
