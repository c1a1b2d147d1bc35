import { type PartParity, type StructureDeviation, structureParts } from '../../core/lineage.ts';
import { structurePart } from './structure-part.ts';

export interface TypedDeviation extends StructureDeviation {
  readonly kind: string;
}

/**
 * Sorts deviations by the part of the structure that they are of. Defaults are compared with each column.
 *
 * @param kinds how many objects of each kind were compared
 */
export function partParities(kinds: Readonly<Record<string, number>>, deviations: readonly TypedDeviation[]): readonly PartParity[] {
  const compared = new Map(structureParts.map((part) => [part, 0]));
  for (const [kind, count] of Object.entries(kinds)) {
    const part = structurePart(kind);
    compared.set(part, (compared.get(part) ?? 0) + count);
  }
  compared.set('defaults', compared.get('columns') ?? 0);
  return structureParts.map((part) => ({
    part,
    compared: compared.get(part) ?? 0,
    deviations: deviations.filter(({ kind, property }) => structurePart(kind, property) === part).map(({ kind: _kind, ...told }) => told),
  }));
}
