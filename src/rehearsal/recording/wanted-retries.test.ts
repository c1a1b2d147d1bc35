import { expect, test } from 'vitest';
import { exampleTraffic, recordingOf } from '../../../test/support/example-recordings.ts';
import { settingsSchema } from '../../config/schema.ts';
import { wantedRetries } from './wanted-retries.ts';

const settingsWith = (traffic: object) =>
  settingsSchema.parse({
    source: { dump: 'd' },
    migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' },
    baseline: { mode: 'init-at-head', schema: ['s.sql'] },
    traffic,
  });

const stalled = (queuedMs: number, endedMs = 9_000) => {
  const traffic = exampleTraffic();
  return { recording: recordingOf({ endedMs }), traffic: { ...traffic, stalls: traffic.stalls.map((stall) => ({ ...stall, queuedMs })) } };
};

test('by itself only where a queue stalled somebody, or where the migrations’ own lock_timeout ended them', () => {
  const settings = settingsWith({});
  expect(wantedRetries(settings, stalled(4_000), false)).toEqual({ lockTimeoutMs: [500], retries: 5, pauseMs: 1_000, because: 'queued' });
  // Who holds the lock for long isn't helped by a lock_timeout.
  expect(wantedRetries(settings, stalled(999), false)).toBeUndefined();
  expect(wantedRetries(settings, stalled(0), true)).toMatchObject({ because: 'lock-timeout' });
  expect(wantedRetries(settings, undefined, false)).toBeUndefined();
  // What takes minutes isn't done again unless somebody asks for it.
  expect(wantedRetries(settings, stalled(4_000, 200_000), false)).toMatch(/took 3 min 20 s: set traffic.retries/);
});

test('always where the team asked for it, and never where it is off', () => {
  const asked = { lockTimeoutMs: [100, 200], retries: 3, pauseMs: 7 };
  expect(wantedRetries(settingsWith({ retries: asked }), stalled(0), false)).toEqual({ ...asked, because: 'asked' });
  expect(wantedRetries(settingsWith({ retries: asked, enabled: false }), stalled(0), false)).toMatch(/nobody holds a lock/);
  expect(wantedRetries(settingsWith({ retries: asked }), undefined, false)).toMatch(/nobody holds a lock/);
  expect(wantedRetries(settingsWith({ retries: 'off' }), stalled(4_000), true)).toBeUndefined();
});
