import { expect, test } from 'vitest';
import { withStandIn } from './stand-in.ts';

test('untouched', async () => {
  await withStandIn(18, async ({ look }) => {
    const report = await look();
    expect(report.decision).toBe('GO');
  });
});
