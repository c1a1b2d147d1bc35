import { createHash } from 'node:crypto';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { isBlank, scan } from '../../sql/scan.ts';
import { compareText, type ObjectSet } from '../compare/schema-object.ts';

/**
 * A second look at two schemas in which no difference was found: are the statements themselves made of the same tokens, in whatever order?
 * If not, something was overlooked, and the answer is an unexplained difference instead of silence.
 */
export function unexplained(left: ObjectSet, right: ObjectSet): readonly SchemaDifference[] {
  const [a, b] = [tokenBags(left), tokenBags(right)];
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

function tokenBags(objects: ObjectSet): Map<string, Bag> {
  const bags = new Map<string, Bag>();
  for (const object of objects.all()) {
    const text = object.statements.join(';\n');
    const tokens: string[] = [];
    for (const statement of object.statements) {
      // Which name the server gave to an identity column's sequence makes no difference, nor does which tag quotes a body.
      const same = statement.replace(/^(\s*SEQUENCE NAME ).*$/m, '$1');
      if (object.kind === 'column' && /^(ALTER SEQUENCE|ALTER TABLE \S+ OWNER|GRANT|REVOKE|COMMENT ON SEQUENCE)/.test(statement)) continue;
      for (const token of scan(same)) {
        const raw = same.slice(token.start, token.end);
        if (!isBlank(token.kind)) tokens.push(token.kind === 'dollar-string' ? raw.slice(raw.indexOf('$', 1) + 1, -(raw.indexOf('$', 1) + 1)) : raw);
      }
    }
    const bag = createHash('sha256').update(tokens.sort(compareText).join('\0')).digest('hex');
    bags.set(`${object.kind} ${object.name}`, { kind: object.kind, name: object.name, text, bag });
  }
  return bags;
}
