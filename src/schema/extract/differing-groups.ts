import { createHash } from 'node:crypto';
import { compareText, type ObjectSet, objectKey } from '../compare/schema-object.ts';
import type { FactFamily } from './fact-family.ts';
import type { KindHashes } from './hash-groups.ts';

/** The hashes of one side, by family and by kind of object. */
export type Hashes = ReadonlyMap<FactFamily, ReadonlyMap<string, KindHashes>>;

/** The groups about which any family says something else on the two sides. */
export function differingGroups(left: Hashes, right: Hashes): ReadonlySet<string> {
  const differing = new Set<string>();
  for (const family of new Set([...left.keys(), ...right.keys()])) {
    const [kinds, others] = [left.get(family), right.get(family)];
    for (const kind of new Set([...(kinds?.keys() ?? []), ...(others?.keys() ?? [])])) {
      for (const group of differingOf(kinds?.get(kind), others?.get(kind))) differing.add(group);
    }
  }
  return differing;
}

function differingOf(one: KindHashes | undefined, other: KindHashes | undefined): readonly string[] {
  if (one === undefined || other === undefined) return (one ?? other)?.names ?? [];
  if (one.texts.every((text, place) => text === other.texts[place])) return [];
  if (one.names === other.names) return one.names.filter((_, place) => one.hashAt(place) !== other.hashAt(place));
  const [a, b] = [byGroup(one), byGroup(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((group) => a.get(group) !== b.get(group));
}

/** A group may have several homes, which are in the order of their hashes. */
function byGroup(kind: KindHashes): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const [place, group] of kind.names.entries()) groups.set(group, `${groups.get(group) ?? ''}${kind.hashAt(place)}\n`);
  return groups;
}

/** Objects of equal groups are the same on both sides and are counted once; those of the others are at hand. */
export function count(hashes: Hashes, differing: ReadonlySet<string>, left: ObjectSet, right: ObjectSet) {
  const kinds: Record<string, number> = {};
  let factsCompared = 0;
  const fetched = new Map([...left.all(), ...right.all()].map((object) => [objectKey(object), object]));
  for (const object of fetched.values()) kinds[object.kind] = (kinds[object.kind] ?? 0) + 1;
  for (const object of fetched.values()) {
    const names = new Set([left, right].flatMap((side) => [...(side.get(object.kind, object.name)?.properties.keys() ?? [])]));
    factsCompared += names.size;
  }
  for (const [family, all] of hashes) {
    for (const one of all.values()) {
      const apart = [...differing].flatMap((group) => one.of(group));
      const objects = one.objects - apart.reduce((sum, group) => sum + group.objects, 0);
      if (!family.adds && objects > 0) kinds[one.kind] = (kinds[one.kind] ?? 0) + objects;
      factsCompared += one.facts - apart.reduce((sum, group) => sum + group.facts, 0);
    }
  }
  const sorted = Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => compareText(a, b)));
  return { objectsCompared: Object.values(kinds).reduce((sum, number) => sum + number, 0), factsCompared, kinds: sorted };
}

/** @param text the hash of what pg_dump writes, where the hashes are an outline alone */
export function fingerprint(hashes: Hashes, text = ''): string {
  const hash = createHash('sha256').update(text);
  for (const [family, kinds] of hashes) for (const { kind, texts } of kinds.values()) hash.update([family.name, kind, ...texts, ''].join('\n'));
  return hash.digest('hex');
}
