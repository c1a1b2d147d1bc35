import { createHash } from 'node:crypto';
import { withoutMarks } from './hide-secrets.ts';
import { compareText, type ObjectSet } from './schema-object.ts';

/**
 * A schema as text: each object with its properties, in an order that doesn't depend on how the schema came about.
 * Two schemas without a difference have the same text; two texts can be put side by side by any diff tool.
 */
export function canonicalText(objects: ObjectSet): string {
  const lines: string[] = [];
  for (const object of objects.all()) {
    lines.push(`${object.kind} ${object.name}`);
    for (const [property, value] of [...object.properties].sort(([a], [b]) => compareText(a, b))) {
      const [first = '', ...more] = withoutMarks(value).split('\n');
      lines.push(`    ${withoutMarks(property)}: ${first}`.trimEnd(), ...more.map((line) => `        ${line}`.trimEnd()));
    }
    lines.push('');
  }
  return lines.join('\n');
}

/** SHA-256 of a canonical text, in hex. */
export function fingerprint(canonical: string): string {
  return createHash('sha256').update(canonical).digest('hex');
}
