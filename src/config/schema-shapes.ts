import type { z } from 'zod';
import { closestName } from '../core/closest-name.ts';
import type { Path } from './json-places.ts';

/** Questions about a zod schema's own shape: what stands where, and which branch of a union a value was meant for. */
export type Schema = z.core.$ZodType;

/** The branch of a union that fits a value best: by its type first, then by the keys that it has in common with the value. */
export function bestBranch(union: Schema, value: unknown): Schema | undefined {
  let best: { readonly branch: Schema; readonly fit: number } | undefined;
  for (const branch of branches(union)) {
    const fit = fitOf(branch, value);
    if (fit !== undefined && (best === undefined || fit > best.fit)) best = { branch, fit };
  }
  return best?.branch;
}

function fitOf(branch: Schema, value: unknown): number | undefined {
  const shape = shapeOf(branch);
  if (shape === undefined) return kindsOf(branch).includes(Array.isArray(value) ? 'array' : typeof value) ? 0 : undefined;
  if (!isRecord(value)) return undefined;
  const known = Object.keys(shape);
  let fit = 0;
  for (const name of Object.keys(value)) fit += known.includes(name) ? 4 : closestName(name, known) !== undefined ? 2 : -2;
  for (const name of known) if (!(name in value) && !isOptional(shape[name])) fit -= 1;
  return fit;
}

/** The union nearest to the root on the way to a path, if there is one. */
export function firstUnion(root: Schema, path: Path): { readonly schema: Schema; readonly path: Path } | undefined {
  for (let length = 0; length <= path.length; length++) {
    const schema = schemaAt(root, path.slice(0, length));
    if (schema._zod.def.type === 'union') return { schema, path: path.slice(0, length) };
  }
  return undefined;
}

/** The schema that stands at a path, wrappers such as default() taken off. Doesn't enter unions. */
export function schemaAt(root: Schema, path: Path): Schema {
  let schema = unwrap(root);
  for (const part of path) {
    const def = (schema as z.core.$ZodTypes)._zod.def;
    if (def.type === 'object') schema = unwrap(def.shape[part] ?? schema);
    else if (def.type === 'array') schema = unwrap(def.element);
    else if (def.type === 'record') schema = unwrap(def.valueType);
  }
  return schema;
}

/** Takes off what doesn't change which values are meant: optional, default, prefault, readonly, a pipe's output. */
export function unwrap(schema: Schema): Schema {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if ('innerType' in def) return unwrap(def.innerType);
  return def.type === 'pipe' ? unwrap(def.in) : schema;
}

export function branches(schema: Schema): readonly Schema[] {
  const def = (unwrap(schema) as z.core.$ZodTypes)._zod.def;
  return def.type === 'union' ? def.options.map(unwrap) : [schema];
}

export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const def = (unwrap(schema) as z.core.$ZodTypes)._zod.def;
  return def.type === 'object' ? def.shape : undefined;
}

export function knownKeys(schema: Schema): readonly string[] {
  const def = (unwrap(schema) as z.core.$ZodTypes)._zod.def;
  if (def.type === 'record') return literals(def.keyType);
  return branches(schema).flatMap((branch) => Object.keys(shapeOf(branch) ?? {}));
}

export function literals(schema: Schema | undefined): readonly string[] {
  if (schema === undefined) return [];
  const def = (unwrap(schema) as z.core.$ZodTypes)._zod.def;
  if (def.type === 'literal') return def.values.map(String);
  return def.type === 'enum' ? Object.values(def.entries).map(String) : [];
}

/** `typeof` answers that a schema accepts. */
function kindsOf(schema: Schema): readonly string[] {
  const def = (unwrap(schema) as z.core.$ZodTypes)._zod.def;
  if (def.type === 'literal') return def.values.map((value) => typeof value);
  if (def.type === 'enum') return ['string'];
  if (def.type === 'union') return def.options.flatMap(kindsOf);
  return def.type === 'null' ? ['object'] : [def.type];
}

export function isOptional(schema: Schema | undefined): boolean {
  return schema === undefined || schema._zod.optin !== undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function follow(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) => (typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[part] : undefined),
    value,
  );
}
