import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { phases } from '../../src/core/phase.ts';
import type { BrokenVariant } from './broken-variants.ts';
import type { GovernedProject } from './governed-project.ts';

/** Rehearses a broken variant: it has to be blocked for the right reason, where the plan says STOP, with the record so far whole and sealed. */
export async function expectCaught(project: GovernedProject, variant: BrokenVariant): Promise<void> {
  const { rootCause, stopsIn, stamped, findings, sqlstate, logs } = variant.expect;
  const { exitCode, summary, folder, stdout, stderr, rootHash } = await project.rehearseBroken(variant);
  const told = `${stdout}${stderr}`;
  expect({ exitCode, ...summary.verdict }, told).toMatchObject({ exitCode: 1, kind: 'BLOCKER', rootCause });
  const blockers = summary.findings.filter(({ severity }) => severity === 'blocker');
  expect(blockers.map(({ id }) => id)).toEqual(expect.arrayContaining([...findings]));
  if (sqlstate !== undefined) expect(blockers.map(({ sql }) => sql?.sqlstate)).toContain(sqlstate);

  const outcomes = new Map(summary.phases.map(({ phase, outcome }) => [phase, outcome]));
  expect(outcomes.get(stopsIn), told).toBe('failed');
  const later = phases.slice(phases.indexOf(stopsIn) + 1).filter((phase) => phase !== 'verdict');
  expect(later.map((phase) => outcomes.get(phase))).toEqual(later.map(() => 'not-run'));
  expect(summary.history?.stamp !== undefined).toBe(stamped ?? stopsIn === 'migrate');

  for (const [name, first] of Object.entries(logs)) expect(readFileSync(join(folder, name), 'utf8'), name).toMatch(first);
  expect(readFileSync(join(folder, 'memo.md'), 'utf8')).toMatch(/^# BLOCKER/);
  const verified = await project.cli('evidence', 'verify', '--root', rootHash);
  expect(verified.exitCode, `${verified.stdout}${verified.stderr}`).toBe(0);
  expect(await project.ask(`select to_regclass('public.alembic_version') as ledger`)).toMatchObject([{ ledger: null }]);
}
