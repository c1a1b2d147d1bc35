import { z } from 'zod';
import { settingsSchema } from './schema.ts';
import { waiversSchema } from './waivers-schema.ts';

/** A JSON Schema, as far as this project reads its own. */
export interface JsonSchema {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The configuration as JSON Schema (draft 7, which every editor knows), for completion while typing and for the reference page. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
}

/** The file of waivers as JSON Schema. */
export function waiversJsonSchema(): JsonSchema {
  return z.toJSONSchema(waiversSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
}
