import { expect, test } from 'vitest';
import { useTarget } from '../external/shared-target.ts';
import { choosePoint } from '../faults/choose-point.ts';
import { type FaultPoint, holdProgram } from '../faults/hold-program.ts';
import { randomNumbers } from '../faults/random.ts';
import { useProduction } from '../program/shop-production.ts';
import { ledgerLines, withStage } from '../program/stage.ts';
import { ask } from '../support/own-server.ts';

const production = useProduction();
const target = useTarget();
const rounds = 25;
/** Chosen anew each time, or given in order to see a failure again. */
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`killed at ${rounds} random moments (FAULT_SEED=${seed}), gc leaves nothing on an existing server`, async () => {
  const random = randomNumbers(seed);
  await withStage(production, { settings: { target: { urlVariable: 'TARGET_URL' } } }, async ({ cli, home }) => {
    const env = { TARGET_URL: target.url };
    const run = async (point?: FaultPoint) =>
      await holdProgram(
        (args, options) => cli(args, { ...options, env: { ...options?.env, ...env } }),
        ['run'],
        point,
        async (child) => child.kill('SIGKILL'),
      );
    const { outcome, counts } = await run();
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 });
    if (counts === undefined) throw new Error('the program told no moments');
    let struck = 0;
    let busy = 0;
    for (let round = 0; struck < rounds && round < 4 * rounds; round++) {
      const point = choosePoint(counts, random);
      const killed = await run(point);
      if (killed.struckAt === undefined) expect(killed.outcome, killed.outcome.stderr).toMatchObject({ exitCode: 0 });
      else struck++;
      if (ledgerLines(home).length > 0) busy++;
      // What is left is in nobody's way: its roles are taken over, and stay for gc, whose lines say whose they are.
      if (round % 6 === 0) expect((await cli(['run'], { env })).exitCode, `again in round ${round}`).toBe(0);
      const swept = await cli(['gc'], { env });
      const at = `round ${round}, ${point.kind} ${point.nth}`;
      expect(swept.exitCode, `${at}: ${swept.stderr}`).toBe(0);
      const left = await ask(target.admin, "select datname from pg_catalog.pg_database where datname ~ '^pgrehearse'");
      expect({ at, left, lines: ledgerLines(home) }).toEqual({ at, left: [], lines: [] });
    }
    expect(struck, 'runs that were killed').toBe(rounds);
    // Moments before and after there was anything prove little.
    expect(busy).toBeGreaterThan(rounds / 4);
  });
});
