import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { dumpOf } from '../../test/support/dump-of.ts';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { withContext } from '../../test/support/with-context.ts';
import type { Context } from '../core/ports.ts';
import { collectGarbage } from './collect-garbage.ts';
import { dropDump, findKeptDump, listDumps } from './kept-dumps.ts';

const later = (context: Context): Context => ({ ...context, now: () => new Date('2030-01-02T00:00:00Z') });

/** A folder of dumps of a small database, each kept until 2030. */
function withDumps(count: number, use: (context: Context, folder: string, dumps: readonly string[]) => Promise<void>): Promise<void> {
  return withDatabase(15, 'create table t as select g from generate_series(1, 100) g', (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        const written = Array.from({ length: count }, () => dumpOf(context, address, folder, { expiresAt: '2030-01-01T00:00:00Z' }));
        await use(
          context,
          folder,
          (await Promise.all(written)).map((dump) => dump.folder),
        );
      }),
    ),
  );
}

test('two dumps at once in one folder are two dumps; gc removes each when it is due, and nothing else', async () => {
  await withDumps(2, async (context, folder, dumps) => {
    expect(new Set(dumps).size).toBe(2);
    expect((await listDumps(context)).map((dump) => [dump.folder, dump.state]).sort()).toEqual(dumps.map((dump) => [dump, 'whole']).sort());
    writeFileSync(join(dumps[0] ?? '', 'my notes'), 'x');
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other/manifest.json'), '{"format": "pgrehearse-dump/2"}');

    expect(await collectGarbage(context, { dryRun: false })).toMatchObject({ removed: [], failures: [] });
    const { removed, failures, notes } = await collectGarbage(later(context), { dryRun: false });
    expect([removed.map(({ kind }) => kind), failures, notes]).toEqual([['dump', 'dump'], [], []]);
    // What somebody else put there isn't ours to remove.
    expect(readdirSync(folder, { recursive: true }).map(String).sort()).toEqual(
      [(dumps[0] ?? '').slice(folder.length + 1), `${(dumps[0] ?? '').slice(folder.length + 1)}/my notes`, 'other', 'other/manifest.json'].sort(),
    );
    expect(await context.ledger.list()).toEqual([]);
  });
});

test('a dump that was moved is forgotten, said so, and left where it is', async () => {
  await withDumps(1, async (context, folder, [dump = '']) => {
    renameSync(dump, join(folder, 'moved'));
    expect(await listDumps(context)).toMatchObject([{ state: 'gone' }]);
    const { failures, notes } = await collectGarbage(later(context), { dryRun: false });
    expect([failures, notes]).toEqual([[], [expect.stringMatching(/is not where it was made any more/)]]);
    expect(existsSync(join(folder, 'moved/manifest.json'))).toBe(true);
    expect(await context.ledger.list()).toEqual([]);

    // It still proves what it is, so it can be named.
    const found = await findKeptDump(context, 'moved', folder);
    if (!found.ok) throw new Error(found.failure.message);
    expect(await dropDump(context, found.value)).toMatchObject({ ok: true });
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('nothing is removed that doesn’t prove to be a dump of ours', async () => {
  await withDumps(1, async (context, folder, [dump = '']) => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/file'), 'x');
    symlinkSync(dump, join(folder, 'link'));
    for (const name of ['mine', 'link']) {
      expect(await findKeptDump(context, name, folder)).toMatchObject({ ok: false, failure: { code: 'target-not-ours' } });
    }
    expect(await findKeptDump(context, 'none', folder)).toMatchObject({ ok: false, failure: { code: 'dump-not-found' } });

    // Somebody put another folder into the dump's place.
    renameSync(dump, join(folder, 'kept'));
    mkdirSync(dump);
    writeFileSync(join(dump, 'manifest.json'), readFileSync(join(folder, 'kept/manifest.json'), 'utf8').replace('"rows": 100', '"rows": 101'));
    writeFileSync(join(dump, 'restore.sql'), 'mine');
    const { failures } = await collectGarbage(later(context), { dryRun: false });
    expect(failures).toMatchObject([{ code: 'cleanup-failed' }]);
    expect(readFileSync(join(dump, 'restore.sql'), 'utf8')).toBe('mine');

    const found = await findKeptDump(context, join(folder, 'kept'), '/');
    if (!found.ok) throw new Error(found.failure.message);
    expect(await dropDump(context, found.value)).toMatchObject({ ok: true });
    for (const { id } of await context.ledger.list()) await context.ledger.forget(id);
  });
});

test.each([
  ['a dump', false],
  ['a dump that could have been gone on with', true],
])('%s whose maker was killed right after it got its name is kept as long as it was to be', async (_name, kept) => {
  await withDumps(1, async (context, _, [dump = '']) => {
    const [line] = await context.ledger.list();
    if (line === undefined) throw new Error('no line');
    await context.ledger.forget(line.id);
    // The line as it was before: of a process that is gone.
    const before = {
      ...line,
      kept,
      expiresAt: kept ? '2029-01-01T00:00:00Z' : undefined,
      facts: { folder: join(dirname(dump), `.${basename(dump)}.partial`), becomes: dump },
      owner: { ...line.owner, pid: 2 ** 22 },
    };
    writeFileSync(join(context.home.state, 'ledger', `${line.id}.json`), JSON.stringify(before));
    writeFileSync(join(dump, 'pgrehearse-resource.json'), JSON.stringify({ id: line.id }));
    writeFileSync(join(dump, 'journal.jsonl'), '');
    expect(await collectGarbage(context, { dryRun: false })).toMatchObject({ failures: [] });
    expect(await listDumps(context)).toMatchObject([{ state: 'whole', folder: dump, resource: { expiresAt: '2030-01-01T00:00:00Z', kept: true } }]);
    expect(readdirSync(dump)).not.toContain('pgrehearse-resource.json');
    await collectGarbage(later(context), { dryRun: false });
    expect(existsSync(dump)).toBe(false);
  });
});
