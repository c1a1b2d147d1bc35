import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSettings } from '../../src/config/load-settings.ts';
import { headsOf } from '../../src/migrate/heads.ts';
import { readMigrations } from '../../src/migrate/read-migrations.ts';
import { planAnchor } from '../../src/rehearsal/lineage/plan-anchor.ts';
import { unwrap } from '../support/unwrap.ts';

const example = join(import.meta.dirname, '../../examples/governed-alembic');

test('the governed example: what its configuration expects is what its history says', async () => {
  const { settings } = unwrap(await loadSettings(example));
  const migrations = unwrap(await readMigrations(settings.migrate, example));
  expect(headsOf(migrations)).toEqual([settings.lineage.expectedHead]);
  const plan = unwrap(planAnchor(migrations, settings.anchor?.revision ?? ''));
  expect(plan.pending).toEqual(settings.lineage.expectedPending);
});

test('the governed example: its README names every log', () => {
  const readme = readFileSync(join(example, 'README.md'), 'utf8');
  const { evidence } = JSON.parse(readFileSync(join(example, 'pgrehearse.config.json'), 'utf8'));
  expect(evidence.logs).toHaveLength(9);
  for (const { file } of evidence.logs) expect(readme).toContain(`\`${file}\``);
});
