import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { killAt } from '../../test/support/kill-at.ts';
import { withContext } from '../../test/support/with-context.ts';
import type { Context } from '../core/ports.ts';
import type { ServerBuild } from '../core/server.ts';
import { chooseBuild } from './choose-build.ts';
import { startClone } from './clone.ts';
import { collectGarbage } from './collect-garbage.ts';
import { findBuilds } from './find-builds.ts';
import { missingLinks } from './hydrate-links.ts';
import { makeImage } from './image.ts';
import { dropClone, findClone, wakeClone } from './kept-clones.ts';
import { prepareBuild, removeCopy } from './prepare-build.ts';
import { removeImage } from './remove-image.ts';
import { serverUser } from './server-user.ts';
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
    const server = join(context.root, 'server');
    expect(await Promise.all([prepareBuild(context, bare, server), prepareBuild(context, bare, server)])).toEqual([
      { ok: true, value: bare },
      { ok: true, value: bare },
    ]);
    expect(await missingLinks(folder)).toEqual([]);
    expect(existsSync(server)).toBe(false);
  });
});

/** A package whose files can't be reached by the servers' user, or, for want of one, whose links can't be made. */
async function awkwardBuild(context: Context & { readonly root: string }, major: number) {
  const home = join(context.root, 'private');
  await mkdir(home);
  const bare = await bareBuild(context, join(home, 'package'), major);
  const shut = asRoot ? home : join(home, 'package/native/lib');
  await chmod(shut, asRoot ? 0o700 : 0o500);
  return { bare, packageFolder: join(home, 'package'), open: () => chmod(shut, 0o700) };
}

/** Mode, owner and content of every file. */
async function fingerprint(folder: string): Promise<Record<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const lines = entries.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    const { mode, uid, mtimeMs } = await lstat(file);
    return [
      file,
      `${mode} ${uid} ${mtimeMs} ${createHash('sha256')
        .update(await readFile(file))
        .digest('hex')}`,
    ] as const;
  });
  return Object.fromEntries(await Promise.all(lines));
}

test('from a package that can be neither changed nor reached, each server runs from a copy in its own folder, which goes with it', async () => {
  await withContext(async (context) => {
    const { bare, packageFolder, open } = await awkwardBuild(context, 15);
    // As npm under umask 077 leaves them: these can't be hard links.
    const strict = ['native/bin', 'native/share', 'native/bin/postgres', 'native/share/postgresql/postgres.bki'];
    for (const part of strict) await chmod(join(packageFolder, part), 0o700);
    const before = await fingerprint(packageFolder);

    const makeStarted = async (label: string) => {
      const started = await startServer(context, { build: bare, label, locale: c });
      if (!started.ok) throw new Error(started.failure.message);
      return started.value;
    };
    const servers = await Promise.all([makeStarted('one'), makeStarted('two')]);
    for (const { server, resource } of servers) {
      expect(server.build.binFolder.startsWith(`${resource.facts.folder}/`)).toBe(true);
      await expectUnwritable(context, dirname(dirname(server.build.binFolder)));
    }
    expect((await context.ledger.list()).map(({ kind, kept }) => [kind, kept])).toEqual([
      ['server', false],
      ['server', false],
    ]);
    for (const server of servers) expect(await server.remove()).toEqual({ ok: true });
    expect(await readdir(context.home.data)).toEqual([]);
    expect(await fingerprint(packageFolder)).toEqual(before);
    await open();
  });
});

/** Asks the kernel, as the servers' user, about every file and folder. */
async function expectUnwritable(context: Context, copy: string): Promise<void> {
  const user = await serverUser(context);
  if (!user.ok) throw new Error(user.failure.message);
  const writable = ['-type', 'f', '-writable', '-print', '-quit'];
  const readable = ['-type', 'f', '!', '-readable', '-print', '-quit'];
  for (const question of [writable, readable]) {
    const asked = await context.edge.system.run({ command: 'find', args: [copy, ...question], cwd: '/', ...user.value });
    expect(asked).toMatchObject({ ok: true, value: { exitCode: 0, stdout: '' } });
  }
}

test.runIf(asRoot)('as root, files that allow it are hard links, so that a copy takes no room', async () => {
  await withContext(async (context) => {
    const { bare, packageFolder } = await awkwardBuild(context, 18);
    await chmod(join(packageFolder, 'native/bin/initdb'), 0o775);
    const folder = join(context.root, 'server');
    await mkdir(folder);
    const prepared = await prepareBuild(context, bare, folder);
    if (!prepared.ok) throw new Error(prepared.failure.message);
    const links = async (name: string) => (await lstat(join(prepared.value.binFolder, name))).nlink;
    // A group could write into the second one.
    expect([await links('postgres'), await links('initdb')]).toEqual([2, 1]);
    await removeCopy(prepared.value, folder);
    expect(await readdir(folder)).toEqual([]);
    expect((await lstat(join(bare.binFolder, 'postgres'))).nlink).toBe(1);
  });
});

test('a kept clone wakes from its own copy, also when the package is gone', async () => {
  await withContext(async (context) => {
    const { bare, packageFolder, open } = await awkwardBuild(context, 18);
    const load = async () => ({ ok: true, value: { dataAsOf: '2026-11-21T00:00:00Z' } }) as const;
    const image = await makeImage(context, { build: bare, label: 'image', database: 'app', locale: c, load });
    if (!image.ok) throw new Error(image.failure.message);
    // The image remembers the package, and holds no binaries.
    expect(image.value.build).toEqual(bare);
    expect((await readdir(dirname(image.value.dataFolder))).filter((name) => name.startsWith('postgres-'))).toEqual([]);
    const started = await startClone(context, image.value, { label: 'kept', kept: true });
    if (!started.ok) throw new Error(started.failure.message);
    const { server } = started.value;
    await open();
    await rm(packageFolder, { recursive: true });
    const { processStartedAt } = context.edge.system;
    await context.edge.system.endProcess(server.pid, (await processStartedAt(server.pid)) ?? '', ['SIGQUIT']);
    const known = await findClone(context, 'kept');
    if (!known.ok) throw new Error(known.failure.message);
    expect(await wakeClone(context, known.value)).toMatchObject({ ok: true, value: { running: true } });
    expect((await readdir(dirname(server.dataFolder))).filter((name) => name.startsWith('postgres-')).length).toBe(1);
    expect(await dropClone(context, 'kept')).toMatchObject({ ok: true });
    expect(await removeImage(context, image.value)).toEqual({ ok: true });
    expect(await readdir(context.home.data)).toEqual([]);
  });
});

test('kill -9 while binaries are copied: gc leaves nothing, and the package as it was', async () => {
  await withContext(async (context) => {
    const { bare, packageFolder, open } = await awkwardBuild(context, 18);
    const before = await fingerprint(packageFolder);
    const program = join(import.meta.dirname, '../../test/support/cluster-program.ts');
    const isCopying = async () => {
      const clone = (await readdir(context.home.data)).find((name) => name.startsWith('clone-')) ?? '';
      const copy = (await readdir(join(context.home.data, clone))).find((name) => clone !== '' && name.startsWith('postgres-'));
      return copy !== undefined && existsSync(join(context.home.data, clone, copy, 'native'));
    };
    await killAt({ start: () => spawn(process.execPath, [program, context.root, '18', '1', '', bare.binFolder], { stdio: 'ignore' }), isNow: isCopying });
    expect((await collectGarbage(context, { dryRun: false })).failures).toEqual([]);
    expect(await readdir(context.home.data)).toEqual([]);
    expect(await fingerprint(packageFolder)).toEqual(before);
    await open();
  });
});

test('links to come are no lack, and a build whose folder went is replaced by its like', async () => {
  await withContext(async (context) => {
    const folder = join(context.root, 'package');
    const bare = await bareBuild(context, folder, 18);
    const needs = { major: 18, extensions: [{ name: 'postgres_fdw' }, { name: 'dblink' }], languages: [], features: [] };
    expect(await chooseBuild(context, needs, [bare])).toEqual({ ok: true, value: bare });
    await rm(folder, { recursive: true });
    expect(await prepareBuild(context, bare, context.root)).toMatchObject({ ok: true, value: { kind: 'embedded', major: 18 } });
    expect(await prepareBuild(context, { ...bare, kind: 'installed' }, context.root)).toMatchObject({ ok: false, failure: { code: 'server-build-missing' } });
  });
});

test('an installed server that the unprivileged user cannot reach is named, not copied', async () => {
  await withContext(async (context) => {
    const home = join(context.root, 'private');
    await mkdir(home);
    const bare = await bareBuild(context, join(home, 'package'), 18);
    if (asRoot) await chmod(home, 0o700);
    else await chmod(join(bare.binFolder, 'postgres'), 0o600);
    const prepared = await prepareBuild(context, { ...bare, kind: 'installed' }, context.root);
    expect(prepared).toMatchObject({ ok: false, failure: { code: 'binaries-unreachable', object: bare.binFolder } });
  });
});
