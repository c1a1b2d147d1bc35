import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useTarget } from '../external/shared-target.ts';
import { useProduction } from '../program/shop-production.ts';
import { ledgerLines, withStage } from '../program/stage.ts';
import { ask } from '../support/own-server.ts';

const production = useProduction();
const target = useTarget();
const rounds = 25;
const seed = Number(process.env.KILL_SEED ?? 20260101);

test(`killed at ${rounds} random moments (seed ${seed}), gc leaves nothing on an existing server`, async () => {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  await withStage(production, { settings: { target: { urlVariable: 'TARGET_URL' } } }, async ({ cli, home }) => {
    const env = { TARGET_URL: target.url };
    const startedAt = performance.now();
    expect((await cli(['run'], { env })).exitCode).toBe(0);
    const wholeMs = performance.now() - startedAt;
    let busy = 0;
    for (let round = 0; round < rounds; round++) {
      const delayMs = random() * wholeMs;
      await cli(['run'], { env, during: (child) => void sleep(delayMs).then(() => child.kill('SIGKILL')) });
      if (ledgerLines(home).length > 0) busy++;
      // What is left is in nobody's way: its roles are taken over, and stay for gc, whose lines say whose they are.
      if (round % 6 === 0) expect((await cli(['run'], { env })).exitCode, `again in round ${round}`).toBe(0);
      const swept = await cli(['gc'], { env });
      expect(swept.exitCode, `round ${round}, ${delayMs} ms: ${swept.stderr}`).toBe(0);
      const left = await ask(target.admin, "select datname from pg_catalog.pg_database where datname ~ '^pgrehearse'");
      expect({ round, delayMs, left, lines: ledgerLines(home) }).toEqual({ round, delayMs, left: [], lines: [] });
    }
    // Moments before and after there was anything prove little.
    expect(busy).toBeGreaterThan(rounds / 3);
  });
});
