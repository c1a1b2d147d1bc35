import { expect, test } from 'vitest';
import { shopProduction } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { useTarget } from './shared-target.ts';

const production = useProduction();
const target = useTarget();
const there = { urlVariable: 'TARGET_URL' };
const env = () => ({ TARGET_URL: target.url });

test('a rehearsal in databases of our own, whatever the source’s is called, beside another one', async () => {
  // Each run brings its roles, of whatever name, and takes them along.
  const role = '"owner ""x"" o\'f; -- 🐘"';
  const script = `${shopProduction} create role ${role} nologin; grant ${role} to shop_migrator;
    do $do$ begin execute format($f$alter role ${role} in database %I set search_path = "a b", public$f$, current_database()); end $do$`;
  const first = { database: 'a "shop" for\nall & \'more\' 🐘', script, settings: { target: there } };
  const second = { database: 'shop_two', settings: { target: there } };
  await withStage(production, first, async (one) => {
    await withStage(production, second, async (two) => {
      const [left, right] = await Promise.all([rehearse(one, { env: env() }), rehearse(two, { env: env() })]);
      expect(left.summary.verdict, left.text).toMatchObject({ kind: 'PASS' });
      expect(right.summary.verdict, right.text).toMatchObject({ kind: 'PASS' });
      expect(left.text + right.text).toContain('Waiting for another rehearsal');
    });
  });
}, 120_000);

test('a target that is the source is refused, unless another database there is allowed by name', async () => {
  await withStage(production, { settings: { target: there } }, async (stage) => {
    for (const database of ['shop', 'postgres']) {
      const { exitCode, failure } = await rehearse(stage, { env: { TARGET_URL: production.url(database) } });
      expect({ exitCode, code: failure?.code }).toEqual({ exitCode: 4, code: 'target-is-source' });
    }
  });
  const allowSourceServer = { reason: 'the staging server has room for a copy' };
  await withStage(production, { settings: { target: { ...there, allowSourceServer } } }, async (stage) => {
    // Its roles are production's own: they are used, and never altered.
    const { summary, text } = await rehearse(stage, { env: { TARGET_URL: production.url('postgres') } });
    expect(summary.verdict, text).toMatchObject({ kind: 'PASS' });
  });
});
