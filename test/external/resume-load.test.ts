import { expect, test } from 'vitest';
import { listTargetImages } from '../../src/cluster/external/target-image.ts';
import { removeUnneededRoles } from '../../src/cluster/external/target-roles.ts';
import { listClones } from '../../src/cluster/kept-clones.ts';
import { settingsSchema } from '../../src/config/schema.ts';
import { loadClone } from '../../src/rehearsal/load/load-clone.ts';
import { loadKilledAt, recorded, stateOf, steps, withDump } from '../support/interrupted-load.ts';
import { ask } from '../support/own-server.ts';
import { strikingAt } from '../support/striking-at.ts';
import { unwrap } from '../support/unwrap.ts';
import { clearTarget, onTargetOf } from './resumed-target.ts';
import { useTarget } from './shared-target.ts';

const target = useTarget();
const wentOn = (context: Parameters<typeof steps>[0]) => steps(context).filter((text) => text.startsWith('going on where'));

test('a load into an existing server that was killed, cut off by the server and interrupted goes on with what is there, and ends as its source', async () => {
  await withDump(async (context, dump, source) => {
    const configuration = onTargetOf(target.url);
    const settings = settingsSchema.parse(configuration);
    const load = (with_ = context) => loadClone(with_, { settings, dump, name: 'shop' });

    // As many as there can be workers, and one more: so one is committed for certain.
    loadKilledAt(context, dump, recorded, 4, configuration);
    expect(await listClones(context)).toEqual([]);
    expect(await listTargetImages(context)).toEqual([]);

    const cutOff = async () =>
      await ask(target.admin, "select pg_terminate_backend(pid, 60000) from pg_stat_activity where application_name = 'pgrehearse load'");
    expect(await load(strikingAt(context, new RegExp(recorded, 'i'), 1, cutOff) as typeof context)).toMatchObject({
      ok: false,
      failure: { code: 'server-lost', message: expect.stringMatching(/[1-7] of 8 tables are there and were kept\.$/), cure: expect.stringContaining('gc') },
    });

    const stop = new AbortController();
    const interrupted = strikingAt({ ...context, signal: stop.signal }, /foreign key/i, 0, () => stop.abort());
    expect(await load(interrupted as typeof context)).toMatchObject({
      ok: false,
      failure: { code: 'interrupted', message: expect.stringContaining('8 of 8 tables are there and were kept.') },
    });
    expect(await listTargetImages(context)).toEqual([]);

    const { clone } = unwrap(await load());
    expect(wentOn(context)).toEqual([
      expect.stringMatching(/: [1-7] of 8 tables are there$/),
      expect.stringMatching(/: [1-7] of 8 tables are there$/),
      expect.stringMatching(/: 8 of 8 tables are there$/),
    ]);
    expect(await stateOf(context, clone.admin)).toEqual(await stateOf(context, source));
    await clearTarget(context);
    expect(await removeUnneededRoles(context)).toEqual([]);
    expect((await context.ledger.list()).map(({ kind }) => kind)).toEqual(['dump']);
  });
});
