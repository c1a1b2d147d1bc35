import { chmod, cp, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { withContext } from '../../test/support/with-context.ts';
import type { Context } from '../core/ports.ts';
import type { ServerBuild } from '../core/server.ts';
import { chooseBuild } from './choose-build.ts';
import { collectGarbage } from './collect-garbage.ts';
import { findBuilds } from './find-builds.ts';
import { missingLinks } from './hydrate-links.ts';
import { prepareBuild } from './prepare-build.ts';
import { startServer } from './start-server.ts';

/** A copy of the embedded package as npm leaves it when its postinstall isn't run: without any link. */
async function bareBuild(context: Context, folder: string, major: number): Promise<ServerBuild> {
  const build = (await findBuilds(context)).find((each) => each.kind === 'embedded' && each.major === major);
  if (build === undefined) throw new Error(`no embedded ${major}`);
  const origin = dirname(dirname(build.binFolder));
  const isLink = async (file: string) => (await lstat(file)).isSymbolicLink();
  await cp(join(origin, 'native'), join(folder, 'native'), { recursive: true, filter: async (file) => !(await isLink(file)) });
  await cp(join(origin, 'package.json'), join(folder, 'package.json'));
  return { ...build, binFolder: join(folder, 'native/bin') };
}

const c = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' } as const;
const asRoot = process.getuid?.() === 0;

test('links that npm did not make are made in place', async () => {
  await withContext(async (context) => {
    const folder = join(context.root, 'package');
    const bare = await bareBuild(context, folder, 18);
    expect((await missingLinks(folder)).length).toBeGreaterThan(5);
    expect(await Promise.all([prepareBuild(context, bare), prepareBuild(context, bare)])).toEqual([
      { ok: true, value: bare },
      { ok: true, value: bare },
    ]);
    expect(await missingLinks(folder)).toEqual([]);
    expect(await context.ledger.list()).toEqual([]);
  });
});

test('from a folder that can be neither changed nor reached, a server starts from one shared copy', async () => {
  await withContext(async (context) => {
    // As root, a private folder that the servers' user can't enter; otherwise one that we can't write.
    const home = join(context.root, 'private');
    await mkdir(home);
    const bare = await bareBuild(context, join(home, 'package'), 15);
    const libraries = join(home, 'package/native/lib');
    await chmod(asRoot ? home : libraries, asRoot ? 0o700 : 0o500);
    // As npm under umask 077 leaves it.
    for (const part of ['native/bin', 'native/share', 'native/bin/postgres']) await chmod(join(home, 'package', part), 0o700);

    const started = await startServer(context, { build: bare, label: 'from private', locale: c });
    if (!started.ok) throw new Error(started.failure.message);
    await using server = started.value;
    expect(server.server.build.binFolder.startsWith(context.home.data)).toBe(true);
    const again = await prepareBuild(context, bare);
    expect(again).toEqual({ ok: true, value: server.server.build });
    expect((await context.ledger.list()).map(({ kind, kept, label }) => [kind, kept, label])).toEqual([
      ['folder', true, 'copy of Postgres 15.18'],
      ['server', false, 'from private'],
    ]);
    // It is in use, so that not even asking for it removes it.
    expect((await collectGarbage(context, { dryRun: false, binaries: true })).stays.map(({ state }) => state)).toEqual(['in-use', 'needed']);
    await server.remove();
    expect((await collectGarbage(context, { dryRun: false, binaries: true })).removed.map(({ kind }) => kind)).toEqual(['folder']);
    await chmod(libraries, 0o700);
  });
});

test('links to come are no lack, and a build whose folder went is replaced by its like', async () => {
  await withContext(async (context) => {
    const folder = join(context.root, 'package');
    const bare = await bareBuild(context, folder, 18);
    const needs = { major: 18, extensions: [{ name: 'postgres_fdw' }, { name: 'dblink' }], languages: [], features: [] };
    expect(await chooseBuild(context, needs, [bare])).toEqual({ ok: true, value: bare });
    await rm(folder, { recursive: true });
    expect(await prepareBuild(context, bare)).toMatchObject({ ok: true, value: { kind: 'embedded', major: 18 } });
    expect(await prepareBuild(context, { ...bare, kind: 'installed' })).toMatchObject({ ok: false, failure: { code: 'server-build-missing' } });
  });
});

test('two at once that both need the copy both get a whole one', async () => {
  await withContext(async (context) => {
    const home = join(context.root, 'private');
    await mkdir(home);
    const bare = await bareBuild(context, join(home, 'package'), 18);
    const libraries = join(home, 'package/native/lib');
    await chmod(asRoot ? home : libraries, asRoot ? 0o700 : 0o500);
    const prepared = await Promise.all([prepareBuild(context, bare), prepareBuild(context, bare), prepareBuild(context, bare)]);
    for (const each of prepared) {
      if (!each.ok) throw new Error(each.failure.message);
      const asked = await context.edge.system.run({ command: join(each.value.binFolder, 'postgres'), args: ['--version'] });
      expect(asked).toMatchObject({ ok: true, value: { exitCode: 0 } });
    }
    const folders = (await readdir(context.home.data)).filter((name) => name.startsWith('folder-'));
    expect((await context.ledger.list()).filter(({ kept }) => kept).length).toBe(folders.length);
    await chmod(libraries, 0o700);
  });
});

test('an installed server that the unprivileged user cannot reach is named, not copied', async () => {
  await withContext(async (context) => {
    const home = join(context.root, 'private');
    await mkdir(home);
    const bare = await bareBuild(context, join(home, 'package'), 18);
    if (asRoot) await chmod(home, 0o700);
    else await chmod(join(bare.binFolder, 'postgres'), 0o600);
    const prepared = await prepareBuild(context, { ...bare, kind: 'installed' });
    expect(prepared).toMatchObject({ ok: false, failure: { code: 'binaries-unreachable', object: bare.binFolder } });
  });
});
