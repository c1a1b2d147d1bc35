import { expect, test } from 'vitest';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';

const production = useProduction();

/** What the team's own SQL changes on purpose is no fault of the copy. */
const hook = "delete from public.item where id = 1; update public.item set name = 'other';\n";

test('what clone.afterLoad changes on purpose is no difference: the copy is compared as it was loaded', async () => {
  const settings = { data: { parity: 'content' }, clone: { afterLoad: ['hook.sql'] }, record: { enabled: false } };
  await withStage(production, { database: 'shop_hooked', settings, files: { 'hook.sql': hook } }, async (stage) => {
    const { summary } = await rehearse(stage, { env: {} });
    expect(summary.findings.filter(({ check }) => check === 'row-parity')).toEqual([]);
    expect(summary.gates.find(({ gate }) => gate === 'row-parity')).toMatchObject({
      outcome: 'passed',
      proof: expect.stringContaining('before clone.afterLoad'),
    });
    // What is switched off is told, and is no pass.
    for (const gate of ['locks', 'traffic'])
      expect(summary.gates.find((one) => one.gate === gate)).toMatchObject({
        outcome: 'not-applicable',
        required: false,
        summary: expect.stringMatching(/^Switched off.*record\.enabled/),
      });
    await stage.cli(['gc']);
  });
});
