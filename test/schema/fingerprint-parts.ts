import type { Session } from '../../src/core/ports.ts';
import type { Address } from '../../src/core/server.ts';
import { findExtent } from '../../src/schema/extract/extent.ts';
import { families } from '../../src/schema/extract/families.ts';
import { NameLists } from '../../src/schema/extract/group-names.ts';
import { hashGroups } from '../../src/schema/extract/hash-groups.ts';
import { inSnapshot, readingAll } from '../../src/schema/extract/snapshot.ts';
import { comparableChunks } from '../../src/schema/text/comparable-chunks.ts';
import type { Major } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { withSessions } from './probe-databases.ts';

/**
 * What the fingerprint of one of two databases is made of and the other's isn't: lines of the catalogs' outline, and entries of the dump. Two databases without
 * any such part have the same fingerprint, and others don't; which object a part speaks of stands in it.
 */
export async function partsOfOneSide(major: Major, left: Address, right: Address): Promise<readonly string[]> {
  const [a, b] = await withSessions(left, right, async (one, other) => [await outline(one, major), await outline(other, major)] as const);
  const found = await testContext().edge.postgres.pgDumpFor(major);
  if (!found.ok) throw new Error(found.failure.message);
  const texts = await Promise.all([left, right].map(async (side) => await found.value.dumpSchema(side)));
  const [c, d] = texts.map((dump) => {
    if (!dump.ok) throw new Error(dump.failure.message);
    return comparableChunks(dump.value);
  }) as [readonly string[], readonly string[]];
  return [...without(a, b), ...without(b, a), ...without(c, d), ...without(d, c)];
}

async function outline(session: Session, major: Major): Promise<readonly string[]> {
  return await inSnapshot(session, async () => {
    const extent = await findExtent(
      session,
      families.filter(({ since = 0 }) => since <= major),
      major,
    );
    await readingAll(session);
    const parts: string[] = [];
    for (const [family, kinds] of await hashGroups(session, extent, { major, depth: 'outline', lists: new NameLists() })) {
      for (const { kind, list } of kinds) {
        parts.push(...list.map(({ group, hash, objects, facts }) => `${family.name}: ${kind} ${group} ${hash} ${objects} ${facts}`));
      }
    }
    return parts;
  });
}

/** Each as often as the others lack it. */
function without(some: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const one of others) counts.set(one, (counts.get(one) ?? 0) + 1);
  return some.filter((one) => {
    const left = counts.get(one) ?? 0;
    counts.set(one, left - 1);
    return left <= 0;
  });
}
