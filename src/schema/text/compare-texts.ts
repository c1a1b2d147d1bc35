import type { SchemaDifference } from '../../core/schema-difference.ts';
import { compareObjects } from '../compare/compare-objects.ts';
import { readObjects } from './read/read-objects.ts';
import { unexplained } from './unexplained.ts';

/**
 * Compares the texts of two `pg_dump -s` by object and property. Says nothing about what dump and restore would write otherwise:
 * for that, compareSchemas restores both sides.
 */
export function compareTexts(left: string, right: string): readonly SchemaDifference[] {
  const [a, b] = [readObjects(left), readObjects(right)];
  const differences = compareObjects(a, b);
  return differences.length > 0 ? differences : unexplained(a, b);
}
