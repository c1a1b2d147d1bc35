import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { chooseBuild } from '../../cluster/choose-build.ts';
import { startClone } from '../../cluster/clone.ts';
import { makeImage } from '../../cluster/image.ts';
import { dropClone, findClone } from '../../cluster/kept-clones.ts';
import { removeImage } from '../../cluster/remove-image.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { resetClone } from './reset-clone.ts';

async function ask(context: Context, address: Address, sql: string): Promise<unknown> {
  await using session = unwrap(await context.edge.postgres.connect(address));
  return (await session.query<{ answer: unknown }>(sql))[0]?.answer;
}

test('a clone whose reset fails after its server was ended runs again, with what was changed in it', async () => {
  await withContext(async (context) => {
    const build = unwrap(await chooseBuild(context, { major: 18, extensions: [], languages: [], features: [] }));
    const locale = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' } as const;
    const load = async (admin: Address) => {
      await ask(context, admin, 'create table t as select 7 as answer');
      return ok({ dataAsOf: '2026-11-21T08:00:00.000Z' });
    };
    const image = unwrap(await makeImage(context, { build, label: 'image', database: 'app', locale, load }));
    const first = unwrap(await startClone(context, image, { label: 'shop', kept: true, expiresAt: '2999-01-01T00:00:00Z' }));
    await ask(context, first.admin, 'update t set answer = 8 returning answer');

    // The new server doesn't start, when the old one has given up its port for it.
    let starts = 0;
    const startDetached: Context['edge']['system']['startDetached'] = async (request) => {
      starts += 1;
      return starts === 1 ? fail(failure('command-not-found', 'no memory for it')) : await context.edge.system.startDetached(request);
    };
    const unlucky = { ...context, edge: { ...context.edge, system: { ...context.edge.system, startDetached } } };
    const failed = await resetClone(unlucky, 'shop');
    expect(failed).toMatchObject({ ok: false, failure: { code: 'server-start-failed', message: expect.stringContaining('no memory for it') } });
    expect(unwrap(await findClone(context, 'shop'))).toMatchObject({ running: true, port: first.admin.port, resource: { id: first.id } });
    expect(await ask(context, first.admin, 'select answer from t')).toBe(8);

    const { clone, settled } = unwrap(await resetClone(context, 'shop'));
    expect(clone.admin).toMatchObject({ port: first.admin.port, database: 'app' });
    expect(await ask(context, clone.admin, 'select answer from t')).toBe(7);
    unwrap(await settled);
    unwrap(await dropClone(context, 'shop'));
    unwrap(await removeImage(context, image));
    expect(await readdir(context.home.data)).toEqual([]);
  });
});
