import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fewOf } from '../../test/support/in-full.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { withContext } from '../../test/support/with-context.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import type { Address } from '../core/server.ts';
import { chooseBuild } from './choose-build.ts';
import { startClone, withClone } from './clone.ts';
import { collectGarbage } from './collect-garbage.ts';
import { type ImageOptions, listImages, makeImage } from './image.ts';
import { cloneAccess, dropClone, findClone, listClones, wakeClone } from './kept-clones.ts';
import { removeImage } from './remove-image.ts';

async function ask(context: Context, address: Address, sql: string): Promise<unknown> {
  await using session = unwrap(await context.edge.postgres.connect(address));
  return (await session.query<{ answer: unknown }>(sql))[0]?.answer;
}

async function options(context: Context, major: number, sql: string): Promise<ImageOptions> {
  const build = unwrap(await chooseBuild(context, { major, extensions: [], languages: [], features: [] }));
  return {
    build,
    label: 'test image',
    database: 'My App',
    locale: { encoding: 'UTF8', collate: 'C', ctype: 'C.UTF-8', provider: 'libc' },
    load: async (admin) => {
      await using session = unwrap(await context.edge.postgres.connect(admin));
      await session.execute(sql);
      return ok({ dataAsOf: '2026-11-21T08:00:00.000Z' });
    },
  };
}

test.each(fewOf([15, 18], (major) => major === 18))('clones of an image (%i) have its data, and nothing in common but that', async (major) => {
  await withContext(async (context) => {
    const image = unwrap(await makeImage(context, await options(context, major, 'create role postgres login; create table t as select 7 as answer')));
    expect(image).toMatchObject({ database: 'My App', dataAsOf: '2026-11-21T08:00:00.000Z', adminUser: 'pgrehearse_admin', losses: [] });
    expect((await listImages(context)).map((each) => each.image)).toEqual([image]);

    const [one, two] = (await Promise.all(['one', 'two'].map((label) => startClone(context, image, { label, method: 'copy' })))).map(unwrap);
    if (one === undefined || two === undefined) throw new Error('two clones');
    expect(await ask(context, one.admin, 'select answer from t')).toBe(7);
    await ask(context, one.admin, 'update t set answer = 8 returning answer');
    expect(await ask(context, two.admin, 'select answer from t')).toBe(7);
    expect(await ask(context, one.admin, "select current_setting('wal_level') as answer")).toBe('replica');
    // A leaked password opens one clone only, and never the image's next clone.
    const wrongKey = { ...two.admin, password: one.admin.password ?? new Secret('') };
    expect(await context.edge.postgres.connect(wrongKey)).toMatchObject({ ok: false, failure: { rootCause: 'authentication' } });

    expect(unwrap(await one.remove())).toBeUndefined();
    expect(unwrap(await removeImage(context, image))).toBeUndefined();
    // The image is gone; a clone of it lives on, and no new one can be made.
    expect(await ask(context, two.admin, 'select answer from t')).toBe(7);
    expect(await startClone(context, image, { label: 'late' })).toMatchObject({ ok: false, failure: { code: 'clone-failed', object: image.id } });
    unwrap(await two.remove());
    expect(await readdir(context.home.data)).toEqual([]);
  });
});

test('write-ahead log that a large load left behind is not part of an image', async () => {
  await withContext(async (context) => {
    const base = await options(context, 18, 'create table t (a text)');
    const load: ImageOptions['load'] = async (admin) => {
      await using session = unwrap(await context.edge.postgres.connect(admin));
      await session.execute('create table t (a text)');
      // In transactions of their own, so that not even minimal logging spares them.
      for (let n = 0; n < 4; n++) await session.execute('insert into t select repeat(md5(i::text), 50) from generate_series(1, 20000) as i');
      return ok({ dataAsOf: '2026-11-21T08:00:00.000Z' });
    };
    const image = unwrap(await makeImage(context, { ...base, load }));
    const segments = (await readdir(join(image.dataFolder, 'pg_wal'))).filter((name) => /^[0-9A-F]{24}$/.test(name));
    expect(segments.length).toBeLessThanOrEqual(2);
    const rows = await withClone(context, image, { label: 'c' }, async (clone) => ok(await ask(context, clone.admin, 'select count(*)::int as answer from t')));
    expect(rows).toEqual({ ok: true, value: 80_000 });
    unwrap(await removeImage(context, image));
  });
});

test('whatever the load does, nothing is left of a failed image', async () => {
  await withContext(async (context) => {
    const base = await options(context, 18, 'select 1');
    const failed = await makeImage(context, { ...base, load: async () => fail(failure('copy-failed', 'the copy failed')) });
    expect(failed).toMatchObject({ ok: false, failure: { code: 'copy-failed' } });
    await expect(
      makeImage(context, {
        ...base,
        load: () => {
          throw new TypeError('a bug');
        },
      }),
    ).rejects.toThrow('a bug');
    expect(await readdir(context.home.data)).toEqual([]);
    expect(await listImages(context)).toEqual([]);
  });
});

test('a source database named postgres takes the place of initdb’s', async () => {
  await withContext(async (context) => {
    const image = unwrap(await makeImage(context, { ...(await options(context, 15, 'create table t as select 1 as answer')), database: 'postgres' }));
    const answer = await withClone(context, image, { label: 'c' }, async (clone) => ok(await ask(context, clone.admin, 'select answer from t')));
    expect(answer).toEqual({ ok: true, value: 1 });
    unwrap(await removeImage(context, image));
  });
});

test('a clone is refused when the disk is short, with the figures', async () => {
  await withContext(async (context) => {
    const system = { ...context.edge.system, freeDiskBytes: async () => 1024 ** 3 };
    const image = unwrap(await makeImage(context, await options(context, 18, 'select 1')));
    const refused = await startClone(
      { ...context, edge: { ...context.edge, system } },
      { ...image, sizeBytes: 3 * 1024 ** 3 },
      { label: 'large', method: 'copy' },
    );
    expect(refused).toMatchObject({ ok: false, failure: { code: 'disk-short', message: `3.5 GB are needed in ${context.home.data}, 1.0 GB are free` } });
    unwrap(await removeImage(context, image));
  });
});

test('a kept clone is found, woken, protected by its name, dropped, and collected when its time has come', async () => {
  await withContext(async (context) => {
    const image = unwrap(
      await makeImage(context, await options(context, 18, 'create role owner_x nologin; create table t as select 7 as answer; alter table t owner to owner_x')),
    );
    const login = { user: 'owner_x', password: new Secret(`it's "\\`) };
    const kept = { kept: true, expiresAt: '2026-12-01T00:00:00.000Z', settings: { timezone: 'Asia/Tokyo' } };
    const clone = unwrap(await startClone(context, image, { label: 'tenant-rename', ...kept, database: 'dev', login }));
    expect(clone.login).toMatchObject({ user: 'owner_x', database: 'dev' });
    await clone[Symbol.asyncDispose]();

    expect(await startClone(context, image, { label: 'tenant-rename', ...kept })).toMatchObject({ ok: false, failure: { code: 'clone-name-taken' } });
    const typo = await findClone(context, 'tenant-renmae');
    expect(typo).toMatchObject({ failure: { code: 'clone-not-found', message: 'there is no clone named tenant-renmae; did you mean tenant-rename?' } });
    expect(await dropClone(context, 'tenant-renmae')).toMatchObject({ ok: false });

    const found = unwrap(await findClone(context, 'tenant-rename'));
    expect(found).toMatchObject({ running: true, database: 'dev', port: clone.admin.port, resource: { kept: true, expiresAt: kept.expiresAt } });
    const access = unwrap(await cloneAccess(context, found));
    // Production's role keeps its own rights: it isn't made a superuser.
    expect(await ask(context, access.login, 'select answer::text || (select rolsuper::text from pg_roles where rolname = current_user) as answer from t')).toBe(
      '7false',
    );
    expect(await ask(context, access.admin, 'select current_database() as answer')).toBe('dev');
    // No secret has got into the ledger.
    expect(await readFile(join(context.home.state, 'ledger', `${clone.id}.json`), 'utf8')).not.toContain(access.admin.password?.reveal() ?? '-');

    await context.edge.system.endProcess(clone.server.pid, String(found.resource.facts.processStartedAt), ['SIGKILL']);
    expect((await listClones(context)).map(({ running }) => running)).toEqual([false]);
    const woken = unwrap(await wakeClone(context, unwrap(await findClone(context, 'tenant-rename'))));
    expect(woken).toMatchObject({ running: true, port: clone.admin.port });
    expect(await ask(context, access.login, "select answer::text || current_setting('timezone') as answer from t")).toBe('7Asia/Tokyo');

    const early = await collectGarbage({ ...context, now: () => new Date('2026-11-30T00:00:00Z') }, { dryRun: false });
    expect(early.removed).toEqual([]);
    expect(early.stays.map(({ resource, state }) => [resource.label, state])).toEqual([
      ['tenant-rename', 'kept'],
      ['test image', 'in-use'],
    ]);
    const later = { ...context, now: () => new Date('2026-12-01T00:00:01Z') };
    expect((await collectGarbage(later, { dryRun: true })).removed.map(({ id }) => id)).toEqual([clone.id]);
    expect(await ask(context, access.login, 'select answer from t')).toBe(7);
    expect((await collectGarbage(later, { dryRun: false })).removed.map(({ id }) => id)).toEqual([clone.id]);
    expect(await listClones(context)).toEqual([]);

    const second = unwrap(await startClone(context, image, { label: 'second', ...kept }));
    expect(unwrap(await dropClone(context, 'second')).id).toBe(second.id);
    unwrap(await removeImage(context, image));
    expect(await readdir(context.home.data)).toEqual([]);
  });
});
