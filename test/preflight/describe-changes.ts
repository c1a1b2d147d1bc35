import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PreflightReport } from '../../src/core/preflight.ts';
import { decide } from '../../src/preflight/decide.ts';
import type { Change } from './changes.ts';
import { openStandIn, type StandIn } from './stand-in.ts';

/** A production that was rehearsed, looked at untouched and after each change, which is undone before the next. */
export function describeChanges(major: 15 | 18, changes: readonly Change[]): void {
  let standIn: StandIn & AsyncDisposable;
  beforeAll(async () => {
    standIn = await openStandIn(major);
  });
  afterAll(async () => await standIn[Symbol.asyncDispose]());

  test(`${major}: GO on an untouched production`, async () => {
    const report = await standIn.look();
    expect(troubles(report)).toEqual([]);
    expect(report).toMatchObject({ decision: 'GO', exitCode: 0 });
  });

  test.each(changes)(`${major}: NO-GO when $name`, async ({ checks, names, make, told, settings, configuration }) => {
    const undo = await make?.(standIn);
    try {
      const report = await standIn.look(told?.(standIn), settings, configuration);
      expect(troubles(report).map(({ check, outcome }) => `${check} ${outcome}`)).toEqual(checks.map((check) => `${check} no-go`));
      expect(report).toMatchObject({ decision: 'NO-GO', exitCode: 1 });
      expect(
        troubles(report)
          .flatMap(({ summary, reasons }) => [summary, ...reasons])
          .join('\n'),
      ).toMatch(names);
      // Without these checks it would have been a GO: it is they that stop the deploy, and nothing else.
      expect(decide(report.checks, { commit: 'advisory', ...Object.fromEntries(checks.map((check) => [check, 'advisory'])) }).decision).toBe('GO');
    } finally {
      await undo?.();
    }
  });

  test(`${major}: GO again when all of it was undone`, async () => {
    const report = await standIn.look();
    expect(troubles(report)).toEqual([]);
    expect(report.decision).toBe('GO');
  });
}

function troubles({ checks }: PreflightReport) {
  return checks.filter(({ outcome, required }) => required && (outcome === 'no-go' || outcome === 'unknown'));
}
