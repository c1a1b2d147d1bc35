import { expect, test } from 'vitest';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import { cloneAccess, dropClone, findClone, listClones } from '../../src/cluster/kept-clones.ts';
import { loadClone } from '../../src/rehearsal/load/load-clone.ts';
import { alterManifest } from '../support/dump-of.ts';
import { dropWhole, loadKilledAt, recorded, stateOf, steps, tryToKill, withDump } from '../support/interrupted-load.ts';
import { seeded } from '../support/seeded.ts';
import { strikingAt } from '../support/striking-at.ts';
import { unwrap } from '../support/unwrap.ts';

test('a load that was killed again and again goes on with what is there, and ends as one that wasn’t', async () => {
  await withDump(async (context, dump) => {
    const load = (name: string) => loadClone(context, { settings: undefined, dump, name });
    const whole = await stateOf(context, unwrap(await load('whole')).clone.admin);
    await dropWhole(context, 'whole');
    loadKilledAt(context, dump, recorded, 3);
    loadKilledAt(context, dump, 'foreign key', 0);
    loadKilledAt(context, dump, 'refresh materialized view', 0);
    const { clone } = unwrap(await load('shop'));
    expect(steps(context)).toContain('going on where an earlier attempt was interrupted: 8 of 8 tables are there');
    expect(await stateOf(context, clone.admin)).toEqual(whole);
    await dropWhole(context, 'shop');
    expect((await context.ledger.list()).map(({ kind }) => kind)).toEqual(['dump']);
  });
});

test('a load ended by Ctrl-C keeps what is whole and says so; the next one takes it up, alone', async () => {
  await withDump(async (context, dump) => {
    const stop = new AbortController();
    const interrupted = strikingAt({ ...context, signal: stop.signal }, new RegExp(recorded, 'i'), 4, () => stop.abort());
    expect(await loadClone(interrupted, { settings: undefined, dump, name: 'shop' })).toMatchObject({
      ok: false,
      failure: {
        code: 'interrupted',
        message: expect.stringMatching(/[1-7] of 8 tables are there and were kept\.$/),
        cure: expect.stringContaining('pgrehearse gc'),
      },
    });
    const [left] = (await context.ledger.list()).filter(({ kind }) => kind === 'image');
    expect(left).toMatchObject({ kept: false });
    expect(await context.edge.system.processStartedAt(Number(left?.facts.pid))).toBeUndefined();

    // Two at once: one of them goes on, the other begins.
    const both = await Promise.all(['one', 'two'].map((name) => loadClone(context, { settings: undefined, dump, name })));
    const states = [];
    for (const loaded of both) states.push(await stateOf(context, unwrap(loaded).clone.admin));
    expect(states[0]).toEqual(states[1]);
    expect(steps(context).filter((text) => text.startsWith('going on where'))).toHaveLength(1);
    unwrap(await dropClone(context, 'one'));
    await dropWhole(context, 'two');
  });
});

test('nothing is taken up whose server crashed, and an attempt at another dump isn’t either', async () => {
  await withDump(async (context, dump) => {
    loadKilledAt(context, dump, recorded, 6);
    const [left] = (await context.ledger.list()).filter(({ kind }) => kind === 'image');
    process.kill(Number(left?.facts.pid), 'SIGKILL');
    const { clone } = unwrap(await loadClone(context, { settings: undefined, dump, name: 'shop' }));
    expect(steps(context)).toContainEqual(expect.stringContaining('but its server crashed: nothing of it can be trusted'));
    expect(steps(context).filter((text) => text.startsWith('going on where'))).toEqual([]);
    expect(await stateOf(context, clone.admin)).toMatchObject({ tables: { length: 8 }, invalid: [] });
    await dropWhole(context, 'shop');

    loadKilledAt(context, dump, recorded, 6);
    alterManifest(dump, (manifest) => ({ ...manifest, createdAt: '2026-11-21T00:00:00.000Z' }));
    unwrap(await loadClone(context, { settings: undefined, dump, name: 'shop' }));
    expect(steps(context).filter((text) => text.startsWith('going on where'))).toEqual([]);
    await dropWhole(context, 'shop');
    // What nobody goes on with is gc's.
    const swept = await collectGarbage(context, { dryRun: false });
    expect(swept.removed.map(({ kind }) => kind)).toEqual(['image']);
  });
});

test.each([1, 2, 3])('killed at random statements until it gets through, it ends as its source (seed %i)', async (seed) => {
  const random = seeded(seed);
  await withDump(async (context, dump, source) => {
    const state = await stateOf(context, source);
    for (let kills = 0; kills < 6; kills++) {
      const { signal } = tryToKill(context, dump, '.', Math.floor(random() * 160));
      if (signal === null) break;
    }
    // A load that got through made the clone.
    const there = (await listClones(context)).some(({ resource }) => resource.kept);
    const admin = there
      ? unwrap(await cloneAccess(context, unwrap(await findClone(context, 'shop')))).admin
      : unwrap(await loadClone(context, { settings: undefined, dump, name: 'shop' })).clone.admin;
    expect(await stateOf(context, admin)).toEqual(state);
    await collectGarbage(context, { dryRun: false });
    await dropWhole(context, 'shop');
  });
});
