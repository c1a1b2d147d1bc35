import pg from 'pg';
import { expect, test } from 'vitest';
import { useTarget } from '../external/shared-target.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';

const production = useProduction();
const target = useTarget();

test('on a server that others use too, only sessions on the clone’s own database count', { timeout: 200_000 }, async () => {
  const isolation = { attestation: 'nobody is told the name of the database', by: 'dba', at: '2026-01-31T09:00:00Z' };
  const neighbour = new pg.Client({ connectionString: target.url });
  await neighbour.connect();
  try {
    await withStage(production, { settings: { target: { urlVariable: 'TARGET_URL' }, isolation } }, async (stage) => {
      const { summary, text } = await rehearse(stage, { env: { TARGET_URL: target.url } });
      expect(summary.verdict, text).toMatchObject({ kind: 'PASS' });
      expect(summary.gates.find(({ gate }) => gate === 'isolation')).toMatchObject({ outcome: 'passed', required: true, couldFail: true });
      expect(summary.isolation).toMatchObject({ excess: 0, foreign: [], earlier: [], proven: true, ofPrograms: 0 });
      expect(summary.isolation?.counted).toBe(summary.isolation?.ours);
      expect(summary.cloneComplete?.lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
      expect(summary.attestations).toMatchObject([{ what: 'isolation', by: 'dba' }]);
    });
  } finally {
    await neighbour.end();
  }
});
