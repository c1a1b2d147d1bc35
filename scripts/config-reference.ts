import type { JsonSchema } from '../src/config/json-schema.ts';

/** docs/reference/config.md: every key of the configuration, from its JSON Schema. */
export function configReference(schema: JsonSchema): string {
  const lines = [
    '# Configuration',
    '',
    '`pgrehearse.config.ts` (or `.mts`, `.js`, `.mjs`, `.json`) in the project’s folder or above it. `pgrehearse init` writes one. Every key is checked; a key that',
    'doesn’t exist is an error, and all errors are told at once with their place. Paths are relative to the file.',
    '',
    '```ts',
    "import { defineConfig } from 'pgrehearse';",
    '',
    'export default defineConfig({',
    "  source: { urlVariable: 'PRODUCTION_URL' },",
    "  migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', role: 'deployer', ledger: { table: 'schema_migrations', column: 'version', match: 'version' } },",
    "  baseline: { mode: 'init-at-head', schema: ['db/schema.sql'] },",
    '});',
    '```',
    '',
    'A `.json` file has the same keys. Editors complete them with [config.schema.json](config.schema.json), named by `$schema`.',
  ];
  const required = new Set(schema.required);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    if (name === '$schema') continue;
    lines.push('', `## ${name}`, '', `${member.description ?? ''}${required.has(name) ? ' Required.' : ''}`);
    if (!hasKeys(member)) lines.push('', `Type: ${typeOf(member)}.${defaultOf(member)}`);
    lines.push(...tables(member, name));
  }
  return `${lines.join('\n')}\n`;
}

/** One table an object, or one for each form of a union. */
function tables(schema: JsonSchema, path: string): string[] {
  const forms = schema.anyOf ?? schema.oneOf ?? [schema];
  return forms.flatMap((form, index) => {
    if (form.properties === undefined) return [];
    const heading = forms.length > 1 ? ['', `### ${path}: ${formName(form, index)}`] : [];
    const rows = rowsOf(form, '');
    return [...heading, '', '| key | type | default | what it is |', '|---|---|---|---|', ...rows];
  });
}

function rowsOf(form: JsonSchema, prefix: string): string[] {
  const required = new Set(form.required);
  return Object.entries(form.properties ?? {}).flatMap(([name, member]) => {
    const shown = required.has(name)
      ? prefix === ''
        ? 'required'
        : 'required there'
      : member.default === undefined
        ? ''
        : code(JSON.stringify(member.default));
    const row = `| ${code(prefix + name)} | ${typeOf(member)} | ${shown} | ${cell(member.description ?? '')} |`;
    return [row, ...inner(member, `${prefix}${name}`)];
  });
}

/** Keys of the objects inside, as `bounds[].table`. */
function inner(member: JsonSchema, path: string): string[] {
  if (member.items !== undefined) return inner(member.items, `${path}[]`);
  if (member.properties !== undefined) return rowsIfObject(member, `${path}.`);
  return (member.anyOf ?? member.oneOf ?? []).flatMap((branch) => rowsIfObject(branch, `${path}.`));
}

function rowsIfObject(schema: JsonSchema, prefix: string): string[] {
  return schema.properties === undefined ? [] : rowsOf(schema, prefix);
}

function formName(form: JsonSchema, index: number): string {
  const constant = Object.entries(form.properties ?? {}).find(([, member]) => member.const !== undefined);
  if (constant !== undefined) return `${constant[0]} ${code(JSON.stringify(constant[1].const))}`;
  return code(form.required?.[0] ?? Object.keys(form.properties ?? {})[0] ?? String(index));
}

function hasKeys(schema: JsonSchema): boolean {
  return schema.properties !== undefined || (schema.anyOf ?? schema.oneOf ?? []).some((branch) => branch.properties !== undefined);
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((word) => code(JSON.stringify(word))).join(', ');
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return [...new Set(forms.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : plural(typeOf(schema.items))}`;
  if (schema.type === 'object') return typeof schema.additionalProperties === 'object' ? `object of ${plural(typeOf(schema.additionalProperties))}` : 'object';
  return schema.type === 'string'
    ? 'text'
    : schema.type === 'boolean'
      ? 'true or false'
      : schema.type === 'integer'
        ? 'whole number'
        : (schema.type ?? 'anything');
}

function plural(type: string): string {
  return type === 'text' ? 'texts' : type === 'object' ? 'objects' : type;
}

function defaultOf(schema: JsonSchema): string {
  return schema.default === undefined ? '' : ` Default: ${code(JSON.stringify(schema.default))}.`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** Text inside a table: a pipe would end the cell, and a name in angle brackets would vanish as HTML. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
