import { chmod, chown, lstat, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeFolder } from '../../test/support/temporary-folder.ts';
import type { SystemPort } from '../core/ports.ts';
import { makeEdge } from '../edge/make-edge.ts';
import { openLedger } from './file-ledger.ts';
import { findHome, leaveHome } from './home.ts';

const { system } = makeEdge();
const asRoot = system.uid === 0;

async function withRoot(use: (root: string, as: (environment: Record<string, string>) => SystemPort) => Promise<void>): Promise<void> {
  const root = makeFolder('home-');
  await chmod(root, 0o755);
  try {
    await use(root, (environment) => ({ ...system, environment: (name) => environment[name] }));
  } finally {
    await rm(root, { recursive: true });
  }
}

const mode = async (folder: string) => ((await lstat(folder)).mode & 0o777).toString(8);

test('PGREHEARSE_HOME holds everything, and is made when it is not there', async () => {
  await withRoot(async (root, as) => {
    const home = await findHome(as({ PGREHEARSE_HOME: join(root, 'deep/er') }));
    expect(home).toEqual({
      ok: true,
      value: { data: join(root, 'deep/er/data'), state: join(root, 'deep/er/state'), sockets: join(root, 'deep/er/data/sockets') },
    });
    expect(await mode(join(root, 'deep/er/data'))).toBe(asRoot ? '711' : '700');
    expect(await mode(join(root, 'deep/er/state'))).toBe('700');
  });
});

test('leaving takes empty folders away, and the next run makes them again', async () => {
  await withRoot(async (root, as) => {
    const system = as({ PGREHEARSE_HOME: root });
    const home = await findHome(system);
    if (!home.ok) throw new Error(home.failure.message);
    const ledger = await openLedger(home.value, system, () => new Date());
    if (!ledger.ok) throw new Error(ledger.failure.message);
    await leaveHome(home.value);
    expect(await readdir(root)).toEqual([]);
    // A run that was under way meanwhile goes on writing its lines.
    const { id } = await ledger.value.plan({ kind: 'folder', label: 'x', facts: {} });
    await leaveHome(home.value);
    expect(await readdir(root)).toEqual(['state']);
    expect((await ledger.value.list()).map((line) => line.id)).toEqual([id]);
    await ledger.value.forget(id);
    await leaveHome(home.value);
    expect(await ledger.value.list()).toEqual([]);
  });
});

test('runs that come while others leave all get their home and their ledger', async () => {
  await withRoot(async (root, as) => {
    const system = as({ PGREHEARSE_HOME: root });
    const home = { data: join(root, 'data'), state: join(root, 'state'), sockets: join(root, 'data/sockets') };
    let coming = true;
    const leave = async () => {
      for (; coming; await delay(Math.random() * 20)) await leaveHome(home);
    };
    const come = async () => {
      for (let round = 0; round < 15; round++) {
        expect(await findHome(system)).toMatchObject({ ok: true });
        const ledger = await openLedger(home, system, () => new Date());
        if (!ledger.ok) throw new Error(ledger.failure.message);
        const { id } = await ledger.value.plan({ kind: 'folder', label: 'x', facts: {} });
        await ledger.value.forget(id);
      }
    };
    const leaving = [leave(), leave()];
    const came = await Promise.allSettled([come(), come(), come()]);
    coming = false;
    await Promise.all(leaving);
    expect(came.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))).toEqual([]);
  });
});

test('without it, data is in /var/tmp under our uid and state where XDG says', async () => {
  await withRoot(async (root, as) => {
    const home = await findHome(as({ XDG_STATE_HOME: join(root, 'xdg') }));
    expect(home).toMatchObject({ ok: true, value: { data: `/var/tmp/pgrehearse-${system.uid}`, state: join(root, 'xdg/pgrehearse') } });
    expect(await findHome(as({ HOME: root }))).toMatchObject({ value: { state: join(root, '.local/state/pgrehearse') } });
    expect(await findHome(as({}))).toMatchObject({ ok: false, failure: { code: 'home-unsafe' } });
    if (home.ok) await leaveHome(home.value);
  });
});

test('a link to a larger disk is followed; a link in place of our own folder is refused', async () => {
  await withRoot(async (root, as) => {
    await mkdir(join(root, 'disk'));
    await symlink(join(root, 'disk'), join(root, 'link'));
    expect(await findHome(as({ PGREHEARSE_HOME: join(root, 'link') }))).toMatchObject({ ok: true, value: { data: join(root, 'disk/data') } });
    await rm(join(root, 'disk/data'), { recursive: true });
    await symlink('/etc', join(root, 'disk/data'));
    const refused = await findHome(as({ PGREHEARSE_HOME: join(root, 'disk') }));
    expect(refused).toMatchObject({ ok: false, failure: { code: 'home-unsafe', object: join(root, 'disk/data') } });
    expect(await mode('/etc')).toBe('755');
  });
});

test('a folder that can’t be made is refused, in words', async () => {
  await withRoot(async (root, as) => {
    await writeFile(join(root, 'file'), '');
    const why = async (folder: string) => {
      const home = await findHome(as({ PGREHEARSE_HOME: folder }));
      return home.ok ? undefined : home.failure.message;
    };
    expect(await why(join(root, 'file'))).toContain('file is not a folder');
    expect(await why(join(root, 'file', 'in'))).toContain('a part of its path is a file');
    // Nothing can be made here, whoever asks.
    if (system.platform === 'linux') expect(await why('/proc/self/nothing/deep')).toMatch(/nothing can be made there|can’t be written/);
  });
});

test('a folder that others can write is refused', async () => {
  await withRoot(async (root, as) => {
    await mkdir(join(root, 'open'));
    await chmod(join(root, 'open'), 0o777);
    const refused = await findHome(as({ PGREHEARSE_HOME: join(root, 'open') }));
    expect(refused).toMatchObject({ ok: false, failure: { code: 'home-unsafe', message: `${join(root, 'open')} can be written by other users` } });
  });
});

test.runIf(asRoot)('as root: a folder of another user is refused, and so is one that the servers’ user cannot enter', async () => {
  await withRoot(async (root, as) => {
    await mkdir(join(root, 'theirs'));
    await chown(join(root, 'theirs'), 65534, 65534);
    expect(await findHome(as({ PGREHEARSE_HOME: join(root, 'theirs') }))).toMatchObject({ ok: false, failure: { code: 'home-unsafe' } });
    await mkdir(join(root, 'private'), { mode: 0o700 });
    const refused = await findHome(as({ PGREHEARSE_HOME: join(root, 'private/home') }));
    expect(refused).toMatchObject({ ok: false, failure: { code: 'home-unsafe' } });
    expect(refused.ok ? '' : refused.failure.message).toContain('cannot enter');
  });
});
