/** What a server says is there already. Names are as they are in the catalogs. */
export type ExistingName =
  | { readonly kind: 'relation' | 'type' | 'schema' | 'function'; readonly name: string }
  | { readonly kind: 'column' | 'constraint' | 'trigger' | 'policy' | 'rule'; readonly name: string; readonly relation: string };

/** SQLSTATEs of what is there already: relation, other object, column, schema, function. */
export const existingStates: ReadonlySet<string> = new Set(['42P07', '42710', '42701', '42P06', '42723']);

/** The messages of PostgreSQL in lc_messages C, whose fields don't name the object. */
const messages: readonly (readonly [RegExp, ExistingName['kind']])[] = [
  [/^relation "(.+)" already exists$/s, 'relation'],
  [/^column "(.+)" of relation "(.+)" already exists$/s, 'column'],
  [/^constraint "(.+)" for relation "(.+)" already exists$/s, 'constraint'],
  [/^trigger "(.+)" for relation "(.+)" already exists$/s, 'trigger'],
  [/^policy "(.+)" for table "(.+)" already exists$/s, 'policy'],
  [/^rule "(.+)" for relation "(.+)" already exists$/s, 'rule'],
  [/^type "(.+)" already exists$/s, 'type'],
  [/^schema "(.+)" already exists$/s, 'schema'],
  [/^function "(.+)" already exists with same argument types$/s, 'function'],
];

/**
 * What an English message says is there; undefined for what can't be set aside, such as a role.
 *
 * @example nameExisting('column "a" of relation "t" already exists') // { kind: 'column', name: 'a', relation: 't' }
 */
export function nameExisting(message: string): ExistingName | undefined {
  for (const [form, kind] of messages) {
    const [, name, relation] = form.exec(message) ?? [];
    if (name === undefined) continue;
    return relation === undefined ? ({ kind, name } as ExistingName) : ({ kind, name, relation } as ExistingName);
  }
  return undefined;
}
