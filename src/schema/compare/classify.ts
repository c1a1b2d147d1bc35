import type { DifferenceClass } from '../../core/schema-difference.ts';

/** By property, whatever the kind; the property's first words decide. */
const byProperty: readonly (readonly [RegExp, DifferenceClass])[] = [
  [/(^| )comment$/, 'comment'],
  [/(^| )(owner|privileges)$/, 'security'],
  [/^(row security|security( label)?\b|parameter security_)/, 'security'],
  [/^(column|attribute) order$/, 'order'],
  [/^(name|not null constraint name)$/, 'names'],
  [/^(version|collation version|installed by|setting of the database|encoding|collate of the database|ctype of the database|locale provider)\b/, 'environment'],
  [/^(storage|statistics|compression|tablespace|clustered on|access method)\b/, 'physical'],
  [/^statement ALTER STATISTICS /, 'physical'],
];

/** Kinds that only serve protection: every difference in them is one of security. */
const securityKinds = new Set(['policy', 'default privileges', 'role']);
const physicalKinds = new Set(['statistics']);
/** Kinds that belong to a server or its rows more than to a schema: unless a property of its own says more, they are what the environment gives. */
const environmentKinds = new Set(['database', 'large object']);
/** Kinds whose WITH (…) parameters only say how rows are stored and cared for. */
const storedKinds = new Set(['table', 'index', 'constraint', 'materialized view', 'column']);

/** The class of a difference in one property of an object, or of an object that one side lacks (no property). */
export function classify(kind: string, property?: string): DifferenceClass {
  const known = property === undefined ? undefined : byProperty.find(([form]) => form.test(property));
  if (known !== undefined) return known[1];
  if (kind === 'role' && /^(setting |connection limit|login$|valid until$)/.test(property ?? '')) return 'environment';
  // A clone's subscriptions are switched off on purpose.
  if (kind === 'subscription' && property === 'enabled') return 'environment';
  if (securityKinds.has(kind)) return 'security';
  if (physicalKinds.has(kind)) return 'physical';
  if (property?.startsWith('parameter ') && storedKinds.has(kind)) return 'physical';
  if (environmentKinds.has(kind)) return 'environment';
  return 'semantic';
}

// Names may hold line breaks.
const expressions =
  /^(definition|default|generated|using|with check|predicate|body|attached to|partition by|partition of|arguments|type|labels|constraint .*|table .*)$/s;

/**
 * Whether a property holds text that Postgres deparses from its own trees, so that a dump and restore may write it otherwise while it means the same.
 * Only such properties are ever taken from a restored copy; owners, rights, options and the rest are always compared as they were.
 */
export function isDeparsed(kind: string, property: string, properties: ReadonlyMap<string, string>): boolean {
  // A restore puts a child table's own columns behind the inherited ones.
  if (property === 'column order') return properties.has('inherits');
  // Only SQL has bodies that are parsed when they are made; all others are kept byte for byte.
  if (property === 'body' && !/^LANGUAGE sql\b/.test(properties.get('attributes') ?? 'LANGUAGE sql')) return false;
  if (kind === 'sequence' || kind === 'extension' || kind === 'database') return false;
  return expressions.test(property);
}
