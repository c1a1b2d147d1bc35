import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runMigrationCommand } from '../../src/migrate/run-command.ts';
import { essenceOf, heldLocks } from '../record/clients-essence.ts';
import { paymentsDid, paymentsHeld, recordPayments } from '../record/clients-payments.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

/** Exactly these: the test is about them, and they come from npm when it begins. */
const packages = { 'drizzle-kit': '0.31.11', 'drizzle-orm': '0.45.2', pg: '8.23.1' };
const config = `export default { dialect: 'postgresql', out: './drizzle', dbCredentials: { url: process.env.DATABASE_URL } };\n`;

let project = '';
beforeAll(() => {
  project = makeFolder('pgr-drizzle-');
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: packages }));
  writeFileSync(join(project, 'drizzle.config.js'), config);
  cpSync(join(import.meta.dirname, '../record/clients/drizzle'), join(project, 'drizzle'), { recursive: true });
  const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], { cwd: project, encoding: 'utf8' });
  if (installed.status !== 0) throw new Error(`npm install: ${installed.stderr}`);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

test.each([15, 18] as const)('drizzle-kit migrate, run as a command: the same as by any other client (PostgreSQL %i)', async (major) => {
  const recording = await recordPayments(async (through, address) => {
    const settings = { tool: 'command' as const, command: ['npx', '--no-install', 'drizzle-kit', 'migrate'], env: {}, timeoutMinutes: 2 };
    unwrap(await runMigrationCommand(testContext(), settings, address, project, 'migrate', through));
  }, major);
  expect(essenceOf(recording)).toEqual(paymentsDid);
  expect(heldLocks(recording)).toEqual(paymentsHeld);
  // It keeps its ledger in a schema of its own, and all of it is one transaction.
  expect(recording.statements.filter(({ text }) => /__drizzle_migrations/.test(text)).length).toBeGreaterThan(1);
  expect(recording.transactions.filter(({ block }) => block)).toMatchObject([{ outcome: 'committed' }]);
});
