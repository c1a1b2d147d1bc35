import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useProduction } from './shop-production.ts';
import { rehearse, withStage } from './stage.ts';

const production = useProduction();

/** Gives another value each time it is asked: once for the copy, once for the hash. Stands for whatever could come over changed. */
const restless = { columns: { 'public.item.name': { sql: "'item ' || pg_catalog.random()" } } };

test('a value that is another in the copy than in production is found, by its column', async () => {
  const settings = { data: { parity: 'content' }, masking: restless };
  await withStage(production, { database: 'shop_content', settings }, async (stage) => {
    const told = await rehearse(stage, { env: {} });
    expect(told).toMatchObject({ exitCode: 3, summary: { verdict: { kind: 'INCONCLUSIVE' } } });
    const found = told.summary.findings.filter(({ check }) => check === 'row-parity');
    expect(found).toMatchObject([
      {
        object: { kind: 'table', name: 'public.item' },
        title: 'public.item holds other content in the clone than in production: other values in name',
      },
    ]);
    const hashes = JSON.parse(readFileSync(join(told.runFolder, 'data/content-hashes.json'), 'utf8')) as Record<string, { table: string; rowHash: string }[]>;
    const [source, clone] = ['source', 'clone'].map((side) => hashes[side]?.find(({ table }) => table === 'item')?.rowHash);
    expect(source).toMatch(/^[0-9a-f]{16}$/);
    expect(clone).not.toBe(source);
    expect(readFileSync(join(told.runFolder, 'journal.jsonl'), 'utf8')).not.toContain('sourceHashes');
    await stage.cli(['gc']);
  });
});
