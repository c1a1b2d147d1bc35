import { createHash } from 'node:crypto';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { compareText, type ObjectSet } from '../compare/schema-object.ts';
import { ComparableTokens, type Majors, oneMajor } from './comparable-tokens.ts';

/**
 * A second look at two schemas in which no difference was found: are the statements themselves made of the same tokens, in whatever order?
 * If not, something was overlooked, and the answer is an unexplained difference instead of silence.
 *
 * @param majors of the servers that the statements are from
 */
export function unexplained(left: ObjectSet, right: ObjectSet, majors: Majors = oneMajor): readonly SchemaDifference[] {
  const [a, b] = [tokenBags(left, majors), tokenBags(right, majors)];
  const differences: SchemaDifference[] = [];
  for (const key of [...new Set([...a.keys(), ...b.keys()])].sort(compareText)) {
    const [one, other] = [a.get(key), b.get(key)];
    if (one?.bag === other?.bag) continue;
    const object = one ?? other;
    if (object === undefined) continue;
    differences.push({
      class: 'unexplained',
      object: { kind: object.kind, name: object.name },
      how: 'changed',
      ...(one !== undefined && { left: one.text }),
      ...(other !== undefined && { right: other.text }),
      explanation: 'the statements differ, but no property of the object does',
    });
  }
  return differences;
}

interface Bag {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
  readonly bag: string;
}

function tokenBags(objects: ObjectSet, majors: Majors): Map<string, Bag> {
  const bags = new Map<string, Bag>();
  const tokens = new ComparableTokens(objects, majors);
  for (const object of objects.all()) {
    const text = object.statements.join(';\n');
    const sorted = [...tokens.of(object)].sort(compareText);
    const bag = createHash('sha256').update(sorted.join('\0')).digest('hex');
    bags.set(`${object.kind} ${object.name}`, { kind: object.kind, name: object.name, text, bag });
  }
  return bags;
}
