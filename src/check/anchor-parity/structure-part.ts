import type { StructurePart } from '../../core/lineage.ts';

const byKind: Readonly<Record<string, StructurePart>> = {
  table: 'tables',
  'foreign table': 'tables',
  column: 'columns',
  constraint: 'constraints',
  index: 'indexes',
  // The catalogs call an enum a type, beside composite types, ranges and domains.
  type: 'enums',
  domain: 'enums',
  sequence: 'sequences',
};

/** Which part of a structure an object, or one property of it, belongs to. */
export function structurePart(kind: string, property?: string): StructurePart {
  if (kind === 'column' && property !== undefined && /^(default|generated|identity)/.test(property)) return 'defaults';
  return byKind[kind] ?? 'other';
}
