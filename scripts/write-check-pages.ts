// Writes docs/checks: runs each check's example on servers of its own, PostgreSQL 15 and 18, and tells what they did. `npm run docs:checks`.
import { chmodSync, mkdtempSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordingChecks } from '../src/check/recording/recording-checks.ts';
import { applicationErrors, stall } from '../src/check/stalls/about.ts';
import { startTestServer } from '../test/support/global-setup.ts';
import { readExample } from '../test/support/record-example.ts';
import { guardServers } from '../test/support/server-guard.ts';
import { testContext } from '../test/support/test-context.ts';
import { checkPages, seenFile } from './check-pages.ts';
import { type SeenExample, seeBad, seeTraffic } from './see-check.ts';

const trafficChecks = [{ about: stall }, { about: applicationErrors }];
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync('/var/tmp/pgrd-');
chmodSync(folder, 0o755);
// Servers and whatever else is made on the disk goes with this folder.
process.env.PGREHEARSE_TESTS = folder;
const guard = guardServers(folder);
try {
  const context = testContext();
  const seen: Record<string, Record<string, SeenExample>> = {};
  for (const major of [15, 18]) {
    const { port, child } = await startTestServer(major, folder);
    child.unref();
    const server = { host: '127.0.0.1', port, database: 'postgres', user: 'postgres', tls: 'disable' } as const;
    for (const { about } of [...recordingChecks, ...trafficChecks]) {
      const example = readExample(about.check);
      if (example === undefined) throw new Error(`${about.check} has no example`);
      const see = recordingChecks.some((one) => one.about === about) ? seeBad : seeTraffic;
      seen[about.check] = { ...seen[about.check], [major]: await see(context, server, example) };
    }
  }
  await mkdir(join(root, 'docs/checks'), { recursive: true });
  for (const [path, text] of [[seenFile, `${JSON.stringify(seen, null, 1)}\n`] as const, ...checkPages(seen)]) await writeFile(join(root, path), text);
} finally {
  await guard.close();
}
