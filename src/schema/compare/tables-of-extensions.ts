import type { SchemaDifference } from '../../core/schema-difference.ts';
import type { ObjectSet } from './schema-object.ts';

/** The extension that brought along the table that an object is, or is a part of; undefined for all others. */
export function extensionOf(object: { readonly kind: string; readonly name: string }, sides: readonly ObjectSet[]): string | undefined {
  for (const side of sides) {
    const found = side.get(object.kind, object.name);
    const table = found?.parent === undefined || found.parent === object.name ? found : (side.get('table', found.parent) ?? side.relation(found.parent));
    const extension = table?.properties.get('extension');
    if (extension !== undefined) return extension;
  }
  return undefined;
}

/**
 * Where two versions of an extension meet, its tables differ by what the versions brought along: told, and classed as the environment that the version is.
 * Rights stay what they are, since no version of an extension takes somebody's rights away unseen.
 */
export function withExtensionVersions(differences: readonly SchemaDifference[], left: ObjectSet, right: ObjectSet): readonly SchemaDifference[] {
  const versions = differences.filter(({ object, property }) => object.kind === 'extension' && property === 'version');
  if (versions.length === 0) return differences;
  const differing = new Map(versions.map((version) => [version.object.name, version]));
  return differences.map((difference) => {
    const extension = difference.class === 'security' ? undefined : extensionOf(difference.object, [left, right]);
    const version = extension === undefined ? undefined : differing.get(extension);
    if (version === undefined) return difference;
    const why = `on a table of extension ${extension}, which has version ${version.left} here and ${version.right} there`;
    return { ...difference, class: 'environment', explanation: [difference.explanation, why].filter(Boolean).join('; ') };
  });
}
