import { readdir, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeFolder } from '../../test/support/temporary-folder.ts';
import type { SystemPort } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { makeEdge } from '../edge/make-edge.ts';
import { namesIn, removeClaims, succeed } from './succession.ts';

const owner = (pid: number) => ({ pid, processStartedAt: `tick ${pid}`, host: 'here' });
const line: Resource = { id: 'throwaway-1', kind: 'throwaway', label: 'x', facts: {}, kept: false, owner: owner(1), createdAt: '' };

async function withProcesses(use: (folder: string, alive: Set<number>, system: SystemPort) => Promise<void>): Promise<void> {
  const folder = makeFolder('pgr-succession-');
  const alive = new Set(Array.from({ length: 20 }, (_, n) => n + 2));
  const system = { ...makeEdge().system, host: 'here', processStartedAt: async (pid: number) => (alive.has(pid) ? `tick ${pid}` : undefined) };
  try {
    await use(folder, alive, system);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('of many that follow one owner at the same instant, one does; when it is gone, one again', async () => {
  await withProcesses(async (folder, alive, system) => {
    for (let round = 0; round < 5; round++) {
      const asked = [...alive];
      const got = await Promise.all(asked.map((pid) => succeed(folder, line, owner(pid), system)));
      const [winner = 0, ...others] = asked.filter((_, at) => got[at]);
      expect({ winner, others }).toEqual({ winner: expect.any(Number), others: [] });
      // Who has it may ask again.
      expect(await succeed(folder, line, owner(winner), system)).toBe(true);
      alive.delete(winner);
    }
    expect(await readdir(folder)).toHaveLength(5);
    await removeClaims(folder, await namesIn(folder), (id) => id === 'throwaway-2');
    expect(await readdir(folder)).toHaveLength(5);
    await removeClaims(folder, await namesIn(folder), (id) => id === line.id);
    expect(await readdir(folder)).toEqual([]);
  });
});

test('whoever is at work is followed by nobody, unless what he made is kept', async () => {
  await withProcesses(async (folder, alive, system) => {
    alive.add(1);
    expect(await succeed(folder, line, owner(2), system)).toBe(false);
    expect(await readdir(folder)).toEqual([]);
    const both = await Promise.all([2, 3].map((pid) => succeed(folder, { ...line, kept: true }, owner(pid), system)));
    expect(both.filter(Boolean)).toHaveLength(1);
  });
});
