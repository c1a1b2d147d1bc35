import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openContext, withContext } from '../../test/support/with-context.ts';
import { collectGarbage } from './collect-garbage.ts';
import { keepClone } from './keep-clone.ts';

const expiresAt = '2030-01-01T00:00:00Z';

test('of clones that are kept at the same time under one name, one gets it', async () => {
  await withContext(async (context) => {
    const plan = (label: string) => context.ledger.plan({ kind: 'clone', label, facts: {} });
    const lines = await Promise.all(Array.from({ length: 8 }, (_, place) => plan(place < 6 ? 'shop' : 'other')));
    // One that was killed in the middle is in nobody's way.
    symlinkSync('1 first then', join(context.home.state, 'keeping'));
    symlinkSync('1 second then', join(context.home.state, 'keeping.after-first'));
    const contexts = await Promise.all(lines.map(() => openContext(context.root)));
    const kept = await Promise.all(lines.map((line, place) => keepClone(contexts[place] ?? context, line, { expiresAt })));
    expect(kept.filter(({ ok }) => ok).map((each) => each.ok && each.value.label)).toHaveLength(2);
    expect(kept.flatMap((each) => (each.ok ? [] : [each.failure.code]))).toEqual(Array.from({ length: 6 }, () => 'clone-name-taken'));
    expect((await context.ledger.list()).filter((line) => line.kept).map(({ label }) => label)).toHaveLength(2);
    const [shop] = (await context.ledger.list()).filter((line) => line.kept && line.label === 'shop');
    const next = await plan('shop');
    expect(await keepClone(context, next, { replaces: shop })).toMatchObject({ ok: true, value: { kept: true } });

    for (const name of ['keeping', 'keeping.after-old']) symlinkSync('1 left then', join(context.home.state, name));
    await collectGarbage(context, { dryRun: false, removers: { clone: async () => ({ ok: true, value: undefined }) } });
    expect(readdirSync(context.home.state)).toEqual(['ledger']);
    for (const { id } of await context.ledger.list()) await context.ledger.forget(id);
  });
});
