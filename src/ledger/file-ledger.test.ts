import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../test/support/temporary-folder.ts';
import type { Ledger } from '../core/ports.ts';
import { makeEdge } from '../edge/make-edge.ts';
import { openLedger } from './file-ledger.ts';

const { system } = makeEdge();

async function withLedger(use: (ledger: Ledger, folder: string) => Promise<void>): Promise<void> {
  const state = makeFolder('pgr-ledger-');
  try {
    const opened = await openLedger({ data: state, state, sockets: state }, system, () => new Date('2026-11-21T08:00:00Z'));
    if (!opened.ok) throw new Error(opened.failure.message);
    await use(opened.value, join(state, 'ledger'));
  } finally {
    await rm(state, { recursive: true });
  }
}

const plan = { kind: 'clone', label: 'one', facts: { folder: '/x', port: 5433 } } as const;

test('a line is on the disk when plan returns, and says who made it', async () => {
  await withLedger(async (ledger, folder) => {
    const planned = await ledger.plan(plan);
    expect(JSON.parse(await readFile(join(folder, `${planned.id}.json`), 'utf8'))).toEqual(planned);
    expect(planned).toMatchObject({ kind: 'clone', kept: false, createdAt: '2026-11-21T08:00:00.000Z', facts: { folder: '/x', port: 5433 } });
    expect(planned.owner).toEqual({ pid: process.pid, processStartedAt: await system.processStartedAt(process.pid), host: system.host });
    expect(await ledger.list()).toEqual([planned]);
  });
});

test('amend adds facts and keeps the others; forget takes the line away, also twice', async () => {
  await withLedger(async (ledger) => {
    const { id } = await ledger.plan(plan);
    const amended = await ledger.amend(id, { facts: { pid: 7, port: 5434 }, kept: true, expiresAt: '2026-12-01T00:00:00Z' });
    expect(amended).toMatchObject({ label: 'one', kept: true, expiresAt: '2026-12-01T00:00:00Z', facts: { folder: '/x', port: 5434, pid: 7 } });
    expect(await ledger.list()).toEqual([amended]);
    await ledger.forget(id);
    await ledger.forget(id);
    expect(await ledger.list()).toEqual([]);
  });
});

test('damaged lines are named, and neither hide the others nor vanish', async () => {
  await withLedger(async (ledger, folder) => {
    const good = await ledger.plan(plan);
    await writeFile(join(folder, 'clone-cut.json'), JSON.stringify(good).slice(0, 40));
    await writeFile(join(folder, 'clone-other.json'), JSON.stringify(good));
    await writeFile(join(folder, 'clone-facts.json'), JSON.stringify({ ...good, id: 'clone-facts', facts: { folder: ['/etc'] } }));
    expect(await ledger.list()).toEqual([good]);
    expect(await ledger.damaged()).toEqual([
      { file: join(folder, 'clone-cut.json'), reason: 'it is not JSON' },
      { file: join(folder, 'clone-facts.json'), reason: 'facts is not an object of texts and numbers' },
      { file: join(folder, 'clone-other.json'), reason: 'its id is not the file’s name' },
    ]);
  });
});

test('a draft that was never renamed is no line, and many writers at once leave whole lines only', async () => {
  await withLedger(async (ledger, folder) => {
    await writeFile(join(folder, 'clone-x.json.ab12.tmp'), '{');
    const made = await Promise.all(Array.from({ length: 30 }, (_, n) => ledger.plan({ ...plan, label: `c${n}` })));
    await Promise.all(made.map(({ id }, n) => (n % 2 ? ledger.forget(id) : ledger.amend(id, { facts: { pid: n } }))));
    expect((await ledger.list()).map(({ label }) => label).toSorted()).toEqual(made.flatMap(({ label }, n) => (n % 2 ? [] : [label])).toSorted());
    expect(await ledger.damaged()).toEqual([]);
    expect((await readdir(folder)).length).toBe(16);
  });
});

test('an id that would lead out of the folder is refused', async () => {
  await withLedger(async (ledger) => {
    await expect(ledger.forget('../../etc/passwd')).rejects.toThrow('not a resource id');
  });
});

test('who takes a line over owns it, once; forgetting it takes away who followed whom', async () => {
  await withLedger(async (ledger, folder) => {
    const { id, owner } = await ledger.plan(plan);
    // The largest number of a process on Linux is less.
    await ledger.amend(id, { owner: { ...owner, pid: 99_999_999 } });
    expect(await ledger.takeOver(id)).toMatchObject({ id, owner });
    expect(await ledger.list()).toMatchObject([{ owner }]);
    expect(await readdir(folder)).toHaveLength(2);
    await ledger.forget(id);
    expect(await readdir(folder)).toEqual([]);
    expect(await ledger.takeOver(id)).toBeUndefined();
  });
});

test('a line that can’t be written is an expected failure', async () => {
  await withLedger(async (ledger, folder) => {
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    await expect(ledger.plan(plan)).rejects.toMatchObject({ failure: { code: 'ledger-not-written', object: folder } });
  });
});
