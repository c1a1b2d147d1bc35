import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canMount, Disk } from '../../../test/support/disks.ts';
import { fewOf } from '../../../test/support/in-full.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { openContext, withContext } from '../../../test/support/with-context.ts';
import { type CloneMethodName, cloneMethodNames } from '../../core/clone-method-name.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { chooseBuild } from '../choose-build.ts';
import { type Clone, startClone } from '../clone.ts';
import { collectGarbage } from '../collect-garbage.ts';
import { findProcesses } from '../find-processes.ts';
import { listImages, type MadeImage, makeImage } from '../image.ts';
import { findClone, wakeClone } from '../kept-clones.ts';
import { removeImage } from '../remove-image.ts';
import { chooseMethod } from './choose-method.ts';

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';

async function ask(context: Context, address: Address, sql: string): Promise<unknown> {
  await using session = unwrap(await context.edge.postgres.connect(address));
  return (await session.query<{ answer: unknown }>(sql))[0]?.answer;
}

async function testImage(context: Context): Promise<MadeImage> {
  const build = unwrap(await chooseBuild(context, { major: 18, extensions: [], languages: [], features: [] }));
  return unwrap(
    await makeImage(context, {
      build,
      label: 'image',
      database: 'app',
      locale: { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' },
      load: async (admin) => {
        await using session = unwrap(await context.edge.postgres.connect(admin));
        await session.execute('create table t as select 7 as answer; create table gone as select 1 as a');
        return ok({ dataAsOf: '2026-11-21T08:00:00.000Z' });
      },
    }),
  );
}

/** Every file's path and content. */
async function fingerprint(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const hash = createHash('sha256');
  for (const path of files.map((file) => join(file.parentPath, file.name)).toSorted()) hash.update(path).update(await readFile(path));
  return hash.digest('hex');
}

const mountTable = () =>
  isLinux
    ? readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .filter((line) => line.includes('pgrehearse'))
    : [];

/** All that must hold for a clone, however it was made. */
async function checkMethod(context: Context, method: CloneMethodName): Promise<void> {
  const image = await testImage(context);
  const before = await fingerprint(image.dataFolder);
  const options = { method, kept: true, expiresAt: '2999-01-01T00:00:00Z' };
  const [one, two] = (await Promise.all(['one', 'two'].map((label) => startClone(context, image, { label, ...options })))).map(unwrap);
  if (one === undefined || two === undefined) throw new Error('two clones');
  expect([one.method, one.passedOver]).toEqual([method, []]);

  await ask(context, one.admin, 'update t set answer = 8 returning answer');
  await using session = unwrap(await context.edge.postgres.connect(one.admin));
  await session.execute('drop table gone; create table fresh as select generate_series(1, 1000) as a; checkpoint');
  await session.close();
  expect(await ask(context, two.admin, 'select answer + (select count(*)::int from gone) as answer from t')).toBe(8);
  expect(await ask(context, one.admin, "select current_setting('data_directory') as answer")).toBe(one.server.dataFolder);
  expect(mountTable()).toEqual([]);

  // What was committed and checkpointed survives the death of the server; the rest is Postgres's own recovery.
  const folder = join(one.server.dataFolder, '..');
  const running = await findProcesses(context.edge.system, folder);
  expect(running).toContain(one.server.pid);
  for (const pid of running) process.kill(pid, 'SIGKILL');
  // A process has no command line any more a little before it has ended.
  const { processStartedAt } = context.edge.system;
  const anyLives = async () => (await Promise.all(running.map(processStartedAt))).some((startedAt) => startedAt !== undefined);
  for (let look = 0; (await anyLives()) && look < 500; look++) await new Promise((resolve) => setTimeout(resolve, 20));
  const woken = unwrap(await wakeClone(context, unwrap(await findClone(context, 'one'))));
  expect(woken.running).toBe(true);
  const survived = ask(context, one.admin, 'select answer + (select count(*)::int from fresh) as answer from t');
  expect(await survived.catch(async (error: unknown) => `${error}\n${await readFile(join(folder, 'log'), 'utf8')}`)).toBe(1008);

  const refused = await removeImage(context, image);
  if (method.startsWith('overlay')) {
    expect(refused).toMatchObject({ ok: false, failure: { code: 'image-in-use', message: expect.stringContaining('clones one, two') } });
    expect((await listImages(context)).map((each) => each.image.id)).toEqual([image.id]);
    expect((await collectGarbage({ ...context, now: () => new Date('2998-01-01') }, { dryRun: false })).removed).toEqual([]);
  } else expect(refused).toEqual({ ok: true });
  expect(await ask(context, two.admin, 'select answer from t')).toBe(7);
  if (method.startsWith('overlay')) expect(await fingerprint(image.dataFolder)).toBe(before);

  for (const clone of [one, two]) unwrap(await clone.remove());
  unwrap(await removeImage(context, image));
  expect(await readdir(context.home.data)).toEqual([]);
}

test('clones by copy are independent of each other and of the image', async () => {
  await withContext((context) => checkMethod(context, 'copy'));
});

test.runIf(isLinux)('clones by overlay write beside the image, and nothing shows in the machine’s mounts', async () => {
  await withContext((context) => checkMethod(context, isRoot ? 'overlay' : 'overlay-rootless'));
});

for (const type of fewOf(['btrfs', 'xfs'] as const, (one) => one === 'btrfs')) {
  test.runIf(canMount(type))(`clones by reflink on ${type} share blocks with the image until written`, async () => {
    using disk = new Disk(type, 1024);
    const context = await openContext(disk.folder);
    await checkMethod(context, 'reflink');
    const image = await testImage(context);
    await using clone = unwrap(await startClone(context, image, { label: 'shared', method: 'reflink' }));
    const shown = execFileSync('filefrag', ['-v', join(clone.server.dataFolder, 'global/1262')], { encoding: 'utf8' });
    expect(shown).toContain('shared');
    await clone.remove();
    unwrap(await removeImage(context, image));
  });
}

test('an image stays when a clone starts just as it is removed, and none starts from one that is going', async () => {
  await withContext(async (context) => {
    const image = await testImage(context);
    // The clone starts between the look for clones and the image's end.
    const started: Clone[] = [];
    let looks = 0;
    const list: Context['ledger']['list'] = async () => {
      const lines = await context.ledger.list();
      looks += 1;
      if (looks === 2) started.push(unwrap(await startClone(context, image, { label: 'sudden' })));
      return lines;
    };
    const removed = await removeImage({ ...context, ledger: { ...context.ledger, list } }, image);
    const [clone] = started;
    if (clone === undefined) throw new Error('no clone was started');
    if (clone.method.startsWith('overlay')) {
      expect(removed).toMatchObject({ ok: false, failure: { code: 'image-in-use' } });
      expect((await listImages(context)).length).toBe(1);
    }
    expect(await ask(context, clone.admin, 'select answer from t')).toBe(7);
    unwrap(await clone.remove());

    // And the other way round: its end has begun when the clone looks.
    await rename(join(image.dataFolder, '../image.json'), join(image.dataFolder, '../image.json.leaving'));
    expect(await startClone(context, image, { label: 'late' })).toMatchObject({ ok: false, failure: { code: 'clone-failed' } });
    unwrap(await removeImage(context, image));
    expect(await readdir(context.home.data)).toEqual([]);
  });
});

test('a method that cannot be used is refused by name, with the reason', async () => {
  await withContext(async (context) => {
    const image = await testImage(context);
    const impossible = isRoot ? 'overlay-rootless' : 'overlay';
    expect(await startClone(context, image, { label: 'x', method: impossible })).toMatchObject({
      ok: false,
      failure: { code: 'clone-method-unusable', object: impossible, message: expect.stringContaining(isRoot ? 'root has no need' : 'needs root') },
    });
    const environment = (name: string) => (name === 'PGREHEARSE_CLONE_METHOD' ? 'hardlink' : context.edge.system.environment(name));
    const odd = { ...context, edge: { ...context.edge, system: { ...context.edge.system, environment } } };
    expect(await startClone(odd, image, { label: 'x' })).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining(cloneMethodNames.join(', ')) },
    });
    unwrap(await removeImage(context, image));
    expect(await readdir(context.home.data)).toEqual([]);
  });
});

test('without the programs for overlays, clones are made in the next best way, and it is said why', async () => {
  await withContext(async (context) => {
    // As on a machine without util-linux, or where the kernel forbids it.
    const run: Context['edge']['system']['run'] = (request) =>
      context.edge.system.run(
        request.command === 'unshare' ? { ...request, command: '/bin/sh', args: ['-c', 'echo Operation not permitted >&2; exit 1'] } : request,
      );
    const poor = { ...context, home: { ...context.home, data: `${context.home.data}/.` }, edge: { ...context.edge, system: { ...context.edge.system, run } } };
    const folder = join(context.root, 'trial');
    await mkdir(folder);
    const chosen = unwrap(await chooseMethod(poor, folder, {}));
    expect(['reflink', 'copy']).toContain(chosen.method.name);
    const overlays = chosen.passedOver.filter(({ method }) => method.startsWith('overlay'));
    expect(overlays.map(({ reason }) => reason)).toEqual(isLinux ? ['Operation not permitted'] : []);
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
