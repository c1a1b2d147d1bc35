import { expect, test } from 'vitest';
import { overlaps } from './canary.ts';
import { Latencies } from './latencies.ts';

test('quantiles are at most 5 % too high, and never above the maximum', () => {
  const latencies = new Latencies();
  expect(latencies.quantileMs(0.95)).toBe(0);
  for (let ms = 1; ms <= 1000; ms++) latencies.add(ms);
  for (const share of [0.01, 0.5, 0.95, 1]) {
    expect(latencies.quantileMs(share)).toBeGreaterThanOrEqual(share * 1000);
    expect(latencies.quantileMs(share)).toBeLessThanOrEqual(share * 1000 * 1.051);
  }
  expect(latencies.count).toBe(1000);
  expect(latencies.maxMs).toBe(1000);
  latencies.add(0);
  latencies.add(3_600_000);
  expect(latencies.quantileMs(1)).toBe(3_600_000);
});

test('runs that fall together with statements are counted once each', () => {
  const runs = [0, 10, 20, 30, 40, 50, 60, 70];
  expect(overlaps(runs, [])).toBe(0);
  expect(overlaps(runs, [{ startedMs: 11, endedMs: 19 }])).toBe(0);
  expect(overlaps(runs, [{ startedMs: 0, endedMs: 100 }])).toBe(4);
  // Windows of several connections overlap each other and come in any order.
  expect(
    overlaps(runs, [
      { startedMs: 45, endedMs: 46 },
      { startedMs: 5, endedMs: 21 },
      { startedMs: 8, endedMs: 9 },
    ]),
  ).toBe(3);
});
