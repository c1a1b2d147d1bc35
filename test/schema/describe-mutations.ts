import { afterAll, beforeAll, expect, test } from 'vitest';
import { oneProperty } from '../../src/schema/probes/one-property.ts';
import { groupProbes } from '../../src/schema/probes/write-script.ts';
import type { Major } from '../support/databases.ts';
import { defended, readCells, type SeenCell } from './family-cells.ts';
import { saidTwice, showCell } from './mutate-family.ts';
import { dropProbeNames, makeProbeNames, probeNames, withProbes, withSessions } from './probe-databases.ts';

/**
 * Leaves out of the families, one by one, what they tell of a kind of objects, and looks whether the probes notice.
 *
 * @param which the cells to leave out, of all that are told; all unless told
 */
export function describeMutations(major: Major, which: (cells: readonly SeenCell[]) => readonly SeenCell[] = (cells) => cells): void {
  const names = probeNames();
  beforeAll(() => makeProbeNames(major, names));
  afterAll(() => dropProbeNames(major, names));

  test(`a property that is no longer told on PostgreSQL ${major}: the probes notice`, async () => {
    const { schemas, database } = groupProbes(oneProperty);
    const [tried, noticed] = [new Set<string>(), new Set<string>()];
    for (const probes of [schemas, database]) {
      await withProbes(major, probes, names, (left, right) =>
        withSessions(left, right, async (one, other) => {
          const cells = which((await readCells(one, other)).filter(({ differs }) => differs));
          for (const cell of cells) tried.add(showCell(cell));
          for (const cell of await defended(one, other, cells)) noticed.add(cell);
        }),
      );
    }
    process.stdout.write(`${noticed.size} of ${tried.size} mutations of the families noticed on PostgreSQL ${major}\n`);
    expect([...tried].filter((cell) => !noticed.has(cell)).toSorted()).toEqual([...tried].filter((cell) => cell in saidTwice).toSorted());
    expect(tried.size).toBeGreaterThan(0);
  });
}
