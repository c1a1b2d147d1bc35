import { expect, test } from 'vitest';
import { configJsonSchema, type JsonSchema } from './json-schema.ts';

test('every key is described', () => {
  const bare: string[] = [];
  const visit = (schema: JsonSchema, path: string): void => {
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      if (member.description === undefined) bare.push(`${path}${name}`);
      visit(member, `${path}${name}.`);
    }
    for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items === undefined ? [] : [schema.items])]) visit(branch, path);
  };
  visit(configJsonSchema(), '');
  expect(bare).toEqual([]);
});
