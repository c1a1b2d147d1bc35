import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasAlembic } from '../record/clients-alembic.ts';
import { example, expectNineLogs, GovernedProject, quick } from './governed-project.ts';

// Deploys that are cut off, the way back, broken variants and PostgreSQL 18 are in test/full.
let project: GovernedProject;
beforeAll(async () => {
  project = await GovernedProject.start(15);
});
afterAll(async () => await project[Symbol.asyncDispose]());

test.skipIf(!hasAlembic)(
  'a production that was never stamped is proven, stamped and migrated on a copy, and told in nine logs',
  { timeout: 120_000 },
  async () => {
    await project.makeAnew();
    const { exitCode, folder, summary, stdout, stderr, rootHash } = await project.rehearse(quick);
    expect({ exitCode, verdict: summary.verdict?.kind }, `${stdout}${stderr}`).toEqual({ exitCode: 0, verdict: 'PASS' });
    expectNineLogs(folder, readFileSync(join(example, 'README.md'), 'utf8'));
    expect(rootHash).not.toBe('');
  },
);
