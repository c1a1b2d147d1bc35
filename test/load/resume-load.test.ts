import { expect, test } from 'vitest';
import { loadClone } from '../../src/rehearsal/load/load-clone.ts';
import { dropWhole, loadKilledAt, recorded, stateOf, steps, withDump } from '../support/interrupted-load.ts';
import { strikingAt } from '../support/striking-at.ts';
import { unwrap } from '../support/unwrap.ts';

test('a load that was killed, once by -9 and once by Ctrl-C, goes on with what is there and ends as its source', async () => {
  await withDump(async (context, dump, source) => {
    // As many as there can be workers, and one more: so one is committed for certain.
    loadKilledAt(context, dump, recorded, 4);
    const stop = new AbortController();
    const interrupted = strikingAt({ ...context, signal: stop.signal }, /foreign key/i, 0, () => stop.abort());
    expect(await loadClone(interrupted, { settings: undefined, dump, name: 'shop' })).toMatchObject({
      ok: false,
      failure: {
        code: 'interrupted',
        message: expect.stringContaining('8 of 8 tables are there and were kept.'),
        cure: expect.stringContaining('pgrehearse gc'),
      },
    });
    const [left] = (await context.ledger.list()).filter(({ kind }) => kind === 'image');
    expect(left).toMatchObject({ kept: false });
    expect(await context.edge.system.processStartedAt(Number(left?.facts.pid))).toBeUndefined();
    const { clone } = unwrap(await loadClone(context, { settings: undefined, dump, name: 'shop' }));
    expect(steps(context).filter((text) => text.startsWith('going on where'))).toEqual([
      expect.stringMatching(/: [1-7] of 8 tables are there$/),
      expect.stringMatching(/: 8 of 8 tables are there$/),
    ]);
    expect(await stateOf(context, clone.admin)).toEqual(await stateOf(context, source));
    await dropWhole(context, 'shop');
    expect((await context.ledger.list()).map(({ kind }) => kind)).toEqual(['dump']);
  });
});
