import { chmod, mkdir, rename, rmdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withContext } from '../../test/support/with-context.ts';
import { removeResource } from './remove-resource.ts';
import { makeResourceFolder } from './resource-folder.ts';

test('a folder is made also while other runs take the empty home away', async () => {
  await withContext(async (context) => {
    let making = true;
    const leave = async () => {
      while (making) await rmdir(context.home.data).catch(() => {});
    };
    const make = async () => {
      for (let round = 0; round < 20; round++) {
        const made = await makeResourceFolder(context, { kind: 'folder', label: 'x' });
        if (!made.ok) throw new Error(made.failure.message);
        expect(await removeResource(context, made.value.resource)).toEqual({ ok: true });
      }
    };
    const leaving = [leave(), leave()];
    const made = await Promise.allSettled([make(), make()]);
    making = false;
    await Promise.all(leaving);
    expect(made.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))).toEqual([]);
  });
});

test('nothing is left in a home that others could change or that became a link', async () => {
  await withContext(async (context) => {
    const aside = join(context.root, 'aside');
    await chmod(context.home.data, 0o777);
    expect(await makeResourceFolder(context, { kind: 'folder', label: 'x' })).toMatchObject({ ok: false, failure: { code: 'home-unsafe' } });
    await rename(context.home.data, aside);
    await symlink(aside, context.home.data);
    expect(await makeResourceFolder(context, { kind: 'folder', label: 'x' })).toMatchObject({ ok: false, failure: { code: 'home-unsafe' } });
    expect(await context.ledger.list()).toEqual([]);
    // Empty, so this shows that the refused folders went again.
    await rmdir(aside);
    await mkdir(aside);
  });
});
