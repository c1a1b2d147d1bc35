import { expect, test, vi } from 'vitest';
import type { Event } from '../core/event.ts';
import { Progress } from './progress.ts';

type Said = Extract<Event, { type: 'progress' }>;

test('rows, bytes, rate, share and the time left, of parts whose size on the source is known', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const said: Said[] = [];
    const progress = new Progress((event) => event.type === 'progress' && said.push(event), { rows: 3000, bytes: 4_000_000 });
    const first = progress.part({ estimatedRows: 1000, sizeBytes: 1_000_000 });
    const second = progress.part({ estimatedRows: 0, sizeBytes: 3_000_000 });
    vi.advanceTimersByTime(1000);
    first.add(500, 20_000);
    expect(said.at(-1)).toMatchObject({ done: 500, total: 3000, unit: 'rows', bytes: 20_000, ratePerSecond: 500, bytesPerSecond: 20_000, share: 0.125 });
    expect(said.at(-1)?.etaSeconds).toBeUndefined();
    vi.advanceTimersByTime(1000);
    first.add(500, 20_000);
    first.end();
    // A quarter of the source in 2 s: three quarters take 6 s more.
    expect(said.at(-1)).toMatchObject({ share: 0.25, etaSeconds: 6 });
    vi.advanceTimersByTime(1000);
    // Without an estimate of its rows a table's bytes tell; what came in vain doesn't count.
    second.add(10, 1_500_000);
    expect(said.at(-1)).toMatchObject({ done: 1010, share: 0.625 });
    second.takeBack();
    progress.say();
    expect(said.at(-1)).toMatchObject({ done: 1000, bytes: 40_000, share: 0.25 });
    // An estimate that was too low is no total.
    progress.part({ estimatedRows: 1, sizeBytes: 3_000_000 }).add(5000, 10);
    progress.say();
    expect(said.at(-1)?.total).toBeUndefined();
    expect(said.at(-1)?.share).toBeLessThanOrEqual(1);
  } finally {
    vi.useRealTimers();
  }
});
