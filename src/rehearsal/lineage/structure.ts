import { type CapturedCatalog, captureFormat } from '../../schema/captured-catalog.ts';

/** Where a run keeps production's structure, object by object. */
export const structureFile = 'structure.json';

/** Production's structure before anything was migrated. */
export interface Structure {
  readonly format: 'pgrehearse-structure/1';
  /** `production`: read there, at the copy's snapshot. `copy`: read from the copy, where expressions may be written otherwise. */
  readonly readFrom: 'production' | 'copy';
  readonly serverVersion: string;
  readonly catalog: CapturedCatalog;
}

/** One object a line, so that any diff tool shows what is another. */
export function writeStructure({ catalog, ...head }: Structure): string {
  const { objects, ...rest } = catalog;
  const lines = objects.map((object) => JSON.stringify(object)).join(',\n');
  return `${JSON.stringify({ ...head, catalog: { ...rest, objects: [] } }).slice(0, -3)}\n${lines}\n]}}\n`;
}

/** Undefined where the text is no structure, or one of another version of pgrehearse, whose facts are other ones. */
export function parseStructure(text: string): Structure | undefined {
  try {
    const value = JSON.parse(text) as Structure | null;
    const usable = value?.format === 'pgrehearse-structure/1' && value.catalog?.format === captureFormat && Array.isArray(value.catalog.objects);
    return usable ? value : undefined;
  } catch {
    return undefined;
  }
}
