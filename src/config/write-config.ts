import type { DetectedProject } from './detect/detect-project.ts';
import type { SettingsInput } from './schema.ts';

export type ConfigFormat = 'ts' | 'json';

/** The settings that a new project starts with. */
export function startingSettings(detected: DetectedProject): SettingsInput {
  const [tool] = detected.tools;
  return {
    source: { urlVariable: 'PRODUCTION_URL' },
    migrate: tool?.migrate ?? { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: 'none' },
    baseline: detected.baseline,
  };
}

/**
 * The text of a new configuration file.
 *
 * @param schemaFile path of the JSON Schema that editors use for a .json file, where the package is installed
 */
export function configText(detected: DetectedProject, format: ConfigFormat, schemaFile?: string): string {
  const settings = startingSettings(detected);
  if (format === 'json') return `${JSON.stringify({ ...(schemaFile === undefined ? {} : { $schema: schemaFile }), ...settings }, null, 2)}\n`;
  const notes = detected.tools[0]?.notes ?? ['Set migrate to the way your migrations are run.'];
  return [
    "import { defineConfig } from 'pgrehearse';",
    '',
    'export default defineConfig({',
    "  // The variable that holds the URL of production, better of a replica. A dump will do too: { dump: 'path/to/dump.sql' }.",
    `  source: ${literal(settings.source, 1)},`,
    '',
    '  // Set migrate.role to the role that migrates production: without it, a verdict is at most INCONCLUSIVE.',
    ...notes.map((note) => `  // ${note}`),
    `  migrate: ${literal(settings.migrate, 1)},`,
    '',
    '  // What the repo says the schema should be.',
    `  baseline: ${literal(settings.baseline, 1)},`,
    '',
    '  // What must still hold after migrating. `pgrehearse explain invariant` tells of the other kinds, such as rls-isolation and append-only.',
    '  // data: {',
    '  //   invariants: [',
    "  //     { name: 'references-hold', kind: 'foreign-keys-hold' },",
    "  //     { name: 'sequences-are-ahead', kind: 'sequence-ahead' },",
    '  //   ],',
    '  // },',
    '});',
    '',
  ].join('\n');
}

const widest = 100;

/** A value as TypeScript: on one line where it fits. */
function literal(value: unknown, depth: number): string {
  const short = oneLine(value);
  if (short.length <= widest || typeof value !== 'object' || value === null) return short;
  const indent = '  '.repeat(depth + 1);
  const items = Array.isArray(value)
    ? value.map((item) => literal(item, depth + 1))
    : Object.entries(value).map(([name, member]) => `${name}: ${literal(member, depth + 1)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.map((item) => `${indent}${item},\n`).join('')}${'  '.repeat(depth)}${close}`;
}

function oneLine(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, member]) => `${name}: ${oneLine(member)}`)
      .join(', ')} }`;
  }
  return String(value);
}
