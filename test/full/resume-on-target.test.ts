import { expect, test, vi } from 'vitest';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import { cloneAccess, findClone, listClones } from '../../src/cluster/kept-clones.ts';
import { settingsSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/core/ports.ts';
import { loadClone } from '../../src/rehearsal/load/load-clone.ts';
import { clearTarget, onTargetOf } from '../external/resumed-target.ts';
import { useTarget } from '../external/shared-target.ts';
import { SmallDisks } from '../faults/small-disks.ts';
import { canMount, Disk } from '../support/disks.ts';
import { alterManifest } from '../support/dump-of.ts';
import { loadKilledAt, recorded, stateOf, steps, tryToKill, withDump } from '../support/interrupted-load.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { seeded } from '../support/seeded.ts';
import { strangersOn } from '../support/strangers-on.ts';
import { strikingAt } from '../support/striking-at.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { openContext } from '../support/with-context.ts';

const target = useTarget();
const configuration = () => onTargetOf(target.url);
const load = (context: Context, dump: string, name = 'shop', url = target.url) =>
  loadClone(context, { settings: settingsSchema.parse(onTargetOf(url)), dump, name });
const went = (context: Parameters<typeof steps>[0]) => steps(context).filter((text) => text.startsWith('going on where'));
const imagesLeft = async () => await ask(target.admin, "select datname from pg_catalog.pg_database where datname like 'pgrehearse_image%' order by 1");

test.each([1, 2, 3, 4])('killed at random statements until it gets through, it ends as its source (seed %i)', async (seed) => {
  const random = seeded(seed);
  await withDump(async (context, dump, source) => {
    for (let kills = 0; kills < 6; kills++) {
      const { signal } = tryToKill(context, dump, '.', Math.floor(random() * 200), configuration());
      if (signal === null) break;
    }
    const there = (await listClones(context)).some(({ resource }) => resource.kept);
    const admin = there ? unwrap(await cloneAccess(context, unwrap(await findClone(context, 'shop')))).admin : unwrap(await load(context, dump)).clone.admin;
    expect(await stateOf(context, admin)).toEqual(await stateOf(context, source));
    expect((await collectGarbage(context, { dryRun: false })).failures).toEqual([]);
    // One image, of one clone: nothing of the attempts is left.
    expect(await imagesLeft()).toHaveLength(1);
    await clearTarget(context);
  });
});

test('what nobody goes on with is gc’s, with its roles; another dump begins anew, and two at once share nothing', async () => {
  await withDump(async (context, dump) => {
    loadKilledAt(context, dump, recorded, 4, configuration());
    expect(await imagesLeft()).toHaveLength(1);
    const swept = await collectGarbage(context, { dryRun: false });
    expect(swept).toMatchObject({ failures: [] });
    expect(swept.removed.map(({ kind }) => kind)).toContain('database');
    expect(await strangersOn(target.admin)).toEqual(['database dev', 'role dev_user']);

    loadKilledAt(context, dump, recorded, 4, configuration());
    alterManifest(dump, (manifest) => ({ ...manifest, createdAt: '2026-11-21T00:00:00.000Z' }));
    const both = await Promise.all(['one', 'two'].map((name) => load(context, dump, name)));
    const states = [];
    for (const loaded of both) states.push(await stateOf(context, unwrap(loaded).clone.admin));
    expect(states[0]).toEqual(states[1]);
    expect(went(context)).toEqual([]);
    expect((await collectGarbage(context, { dryRun: false })).removed.filter(({ kind }) => kind === 'database')).toHaveLength(1);
    await clearTarget(context);
  });
});

test('gc beside a load that goes on with what it found takes nothing from it', async () => {
  await withDump(async (context, dump, source) => {
    loadKilledAt(context, dump, recorded, 4, configuration());
    const beside = await openContext(context.root);
    const sweep = async () => expect(await collectGarbage(beside, { dryRun: false })).toMatchObject({ removed: [], failures: [] });
    const { clone } = unwrap(await load(strikingAt(context, new RegExp(recorded, 'i'), 0, sweep), dump));
    expect(went(context)).toHaveLength(1);
    expect(await stateOf(context, clone.admin)).toEqual(await stateOf(context, source));
    await clearTarget(context);
  });
});

test('a crash of the server empties unlogged tables, so all is loaded again; without one, they stay', async () => {
  const unlogged = 'create unlogged table fleeting as select generate_series(1, 500) as i';
  await withDump(async (context, dump, source) => {
    const rows = async (admin: Parameters<typeof ask>[0]) => await ask(admin, 'select count(*)::int as rows from fleeting');
    loadKilledAt(context, dump, 'foreign key', 0, configuration());
    const first = unwrap(await load(context, dump));
    expect(went(context)).toEqual([expect.stringContaining('9 of 9')]);
    expect(await rows(first.clone.admin)).toEqual([{ rows: 500 }]);
    await clearTarget(context);

    loadKilledAt(context, dump, 'foreign key', 0, configuration());
    const [backend] = await ask(target.admin, "select pid from pg_stat_activity where backend_type = 'checkpointer'");
    process.kill(Number(backend?.pid), 'SIGKILL');
    await untilTrue('the server is back', async () => {
      const [row] = await ask(target.admin, "select pid from pg_stat_activity where backend_type = 'checkpointer'").catch(() => []);
      return row !== undefined && row.pid !== backend?.pid;
    });
    const again = unwrap(await load(context, dump));
    expect(steps(context)).toContainEqual(expect.stringContaining('but its server crashed, which emptied public.fleeting: nothing of it can be trusted'));
    expect(await rows(again.clone.admin)).toEqual([{ rows: 500 }]);
    expect(await stateOf(context, again.clone.admin)).toEqual(await stateOf(context, source));
    expect(await imagesLeft()).toHaveLength(1);
    await clearTarget(context);
  }, unlogged);
});

test.each(['on', 'off'])('a server that crashed as a whole is trusted only where it writes safely (fsync %s)', async (fsync) => {
  await withOwnServer(18, { hba: ['host all all 127.0.0.1/32 trust'], settings: { fsync } }, async (server) => {
    const { host, port } = server.tcp;
    const url = `postgres://postgres@${host}:${port}/postgres?sslmode=disable`;
    await withDump(async (context, dump, source) => {
      let crashed: Promise<void> | undefined;
      const crash = async () => {
        crashed = server.crash();
        await crashed;
      };
      expect(
        await loadClone(strikingAt(context, new RegExp(recorded, 'i'), 5, crash), { settings: settingsSchema.parse(onTargetOf(url)), dump, name: 'shop' }),
      ).toMatchObject({
        ok: false,
        failure: { code: 'server-lost', message: expect.stringMatching(/of 8 tables are there and were kept\.$/) },
      });
      expect(crashed).toBeDefined();
      // While it is away, nothing is lost and nothing is said to be gone.
      expect(await load(context, dump, 'shop', url)).toMatchObject({ ok: false });
      await server.restart();
      const { clone } = unwrap(await load(context, dump, 'shop', url));
      const anew = steps(context).filter((text) => text.includes('fsync or full_page_writes is off'));
      expect({ anew: anew.length, went: went(context).length }).toEqual(fsync === 'on' ? { anew: 0, went: 1 } : { anew: 1, went: 0 });
      expect(await stateOf(context, clone.admin)).toEqual(await stateOf(context, source));
      await clearTarget(context);
      expect(await strangersOn(server.tcp)).toEqual([]);
    });
  });
});

test.skipIf(!canMount('ext4'))('after a full disk nothing is kept there, since others use it too', async () => {
  using disk = new Disk('ext4', 250);
  vi.stubEnv('TMPDIR', disk.folder);
  try {
    await withOwnServer(18, { hba: ['host all all 127.0.0.1/32 trust'] }, async (server) => {
      vi.unstubAllEnvs();
      const { host, port } = server.tcp;
      const url = `postgres://postgres@${host}:${port}/postgres?sslmode=disable`;
      const disks = new SmallDisks([disk.folder]);
      await withDump(async (context, dump, source) => {
        const full = strikingAt(context, new RegExp(recorded, 'i'), 2, () => disks.fill());
        const failed = await load(full, dump, 'shop', url);
        expect(failed).toMatchObject({ ok: false, failure: { code: 'disk-short', message: expect.not.stringContaining('were kept') } });
        disks.empty();
        // A disk without a single block left may have ended the server before it could drop it: then its line stays for gc, as the failure says.
        await untilTrue('the server answers', async () => (await ask(server.tcp, 'select 1').catch(() => [])).length === 1);
        await clearTarget(context);
        expect(await strangersOn(server.tcp)).toEqual([]);
        const { clone } = unwrap(await load(context, dump, 'shop', url));
        expect(went(context)).toEqual([]);
        expect(await stateOf(context, clone.admin)).toEqual(await stateOf(context, source));
        await clearTarget(context);
      });
    });
  } finally {
    vi.unstubAllEnvs();
  }
});

test('whoever is still in a half database, or shut it, is in nobody’s way', async () => {
  await withDump(async (context, dump, source) => {
    loadKilledAt(context, dump, recorded, 4, configuration());
    const [image] = await imagesLeft();
    const inside = unwrap(await context.edge.postgres.connect({ ...target.admin, database: String(image?.datname) }, { applicationName: 'psql of ann' }));
    await inside.execute('begin; lock table t1; lock table t8');
    const { clone } = unwrap(await load(context, dump));
    expect(steps(context)).toContainEqual(expect.stringContaining('Ending the session of psql of ann'));
    await expect(inside.query('select 1')).rejects.toThrow();
    await inside.close();
    expect(await stateOf(context, clone.admin)).toEqual(await stateOf(context, source));
    await clearTarget(context);

    loadKilledAt(context, dump, recorded, 4, configuration());
    const [again] = await imagesLeft();
    await ask(target.admin, `alter database ${String(again?.datname)} allow_connections false`);
    unwrap(await load(context, dump));
    expect(steps(context)).toContainEqual(expect.stringContaining('but its database was shut already'));
    await clearTarget(context);

    loadKilledAt(context, dump, recorded, 4, configuration());
    const [gone] = await imagesLeft();
    await ask(target.admin, `drop database ${String(gone?.datname)} with (force)`);
    unwrap(await load(context, dump));
    expect(steps(context)).toContainEqual(expect.stringContaining('but its database is gone'));
    await clearTarget(context);
  });
});
