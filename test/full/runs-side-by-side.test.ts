import { expect, test } from 'vitest';
import { shopFiles } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { ledgerLines, rehearse, withStage } from '../program/stage.ts';

const production = useProduction();

test('two runs at once on one home: each has its own answer', async () => {
  // The second one's repo has another head than its migration leads to.
  const files = { 'schema/head.sql': `${shopFiles['schema/head.sql']}create index item_note on public.item (note);\n` };
  await withStage(production, { database: 'shop_one' }, async (one) => {
    await withStage(production, { database: 'shop_two', files }, async (two) => {
      let most = 0;
      const watch = setInterval(() => {
        most = Math.max(most, ledgerLines(one.home).length);
      }, 20);
      const [first, second] = await Promise.all([rehearse(one), rehearse(two, { env: { PGREHEARSE_HOME: one.home } })]);
      clearInterval(watch);
      expect(first).toMatchObject({ exitCode: 0, summary: { verdict: { kind: 'PASS' }, source: { database: 'shop_one' } } });
      expect(second).toMatchObject({
        exitCode: 1,
        summary: { verdict: { kind: 'BLOCKER', rootCause: 'structural-parity' }, source: { database: 'shop_two' } },
      });
      expect(second.summary.findings.filter(({ severity }) => severity === 'blocker')).toMatchObject([{ object: { kind: 'index', name: 'public.item_note' } }]);
      // One run alone never has so many things at once: image, clone, baseline.
      expect(most).toBeGreaterThan(3);
    });
  });
});
