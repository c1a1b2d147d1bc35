import { expect, test } from 'vitest';
import { readSeen } from '../../scripts/check-pages.ts';
import { type SeenExample, seeBad, seeTraffic, seeTrafficOfGood, trySafeWay } from '../../scripts/see-check.ts';
import { recordingChecks } from '../../src/check/recording/recording-checks.ts';
import { testServer } from '../support/databases.ts';
import { readExample } from '../support/record-example.ts';
import { testContext } from '../support/test-context.ts';

const known = readSeen();

/** What remains although the code was run: what it isn't for, or what it does instead. */
const remaining: Readonly<Record<string, readonly string[]>> = {
  'type-change': ['note type-change:type:public.invoice_status:settled'],
  'published-table': ['warning published-table:table:public.customer:fax', 'warning published-table:table:public.customer:replica-identity'],
};

for (const major of [15, 18] as const) {
  for (const check of ['stall', 'application-errors']) {
    const example = readExample(check);
    if (example === undefined) throw new Error(`${check} has no example`);

    test(`${check} on PostgreSQL ${major}: its page tells what sessions meet, and they meet nothing of it in what is good`, { timeout: 60_000 }, async () => {
      const context = testContext();
      expect(await seeTraffic(context, testServer(major), example)).toEqual(known[check]?.[major]);
      const found = await seeTrafficOfGood(context, testServer(major), example);
      // A machine that stands still is slow for its sessions, too: that is no lock.
      expect(found.filter(({ id }) => !id.endsWith(':unknown'))).toEqual([]);
    });
  }

  for (const { about } of recordingChecks) {
    const example = readExample(about.check);
    if (example === undefined) throw new Error(`${about.check} has no example`);
    const { check } = about;

    test(`${check} on PostgreSQL ${major}: its page tells what the server does (npm run docs:checks), and its safe way runs and is safe`, {
      timeout: 60_000,
    }, async () => {
      const context = testContext();
      const seen: SeenExample = await seeBad(context, testServer(major), example);
      expect(seen).toEqual(known[check]?.[major]);
      const given = seen.findings.some(({ safeWay }) => safeWay !== undefined);
      const way: 'instead' | 'before' | 'after' | undefined = 'way' in about ? about.way : undefined;
      expect(given).toBe(way !== undefined);
      if (way === undefined) return;
      const { errors, left } = await trySafeWay(context, testServer(major), example, seen, way);
      expect(errors).toEqual([]);
      expect(left.map(({ severity, id }) => `${severity} ${id}`)).toEqual(remaining[check] ?? []);
    });
  }
}
