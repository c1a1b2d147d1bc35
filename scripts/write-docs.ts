// Writes the pages of docs/reference/ that are made from code (configuration, failures, command line) and those of docs/checks/. `npm run docs`.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { commandReference } from '../src/cli/command-reference.ts';
import { endingText } from '../src/cli/commands/explain.ts';
import { configJsonSchema, waiversJsonSchema } from '../src/config/json-schema.ts';
import { failureCatalogue } from '../src/core/failure-catalogue.ts';
import type { FailureEntry } from '../src/core/failures/entry.ts';
import { manifestJsonSchema } from '../src/evidence/manifest-json-schema.ts';
import { comparisonJsonSchema } from '../src/report/comparison/json-schema.ts';
import { preflightJsonSchema, productionJsonSchema } from '../src/report/preflight/json-schema.ts';
import { checkPages, readSeen } from './check-pages.ts';
import { configReference } from './config-reference.ts';
import { schemaCoverageReference } from './schema-coverage.ts';

const root = join(import.meta.dirname, '..');

/** Every generated page: its path in the repository, and its text. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const schema = configJsonSchema();
  return new Map([
    ['docs/reference/config.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ['docs/reference/waivers.schema.json', `${JSON.stringify(waiversJsonSchema(), null, 2)}\n`],
    ['docs/reference/diff.schema.json', `${JSON.stringify(comparisonJsonSchema(), null, 2)}\n`],
    ['docs/reference/evidence.schema.json', `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`],
    ['docs/reference/preflight.schema.json', `${JSON.stringify(preflightJsonSchema(), null, 2)}\n`],
    ['docs/reference/production.schema.json', `${JSON.stringify(productionJsonSchema(), null, 2)}\n`],
    ['docs/reference/config.md', configReference(schema)],
    ['docs/reference/failures.md', failureReference()],
    ['docs/reference/cli.md', await commandReference()],
    ['docs/reference/schema-coverage.md', schemaCoverageReference()],
  ]);
}

function failureReference(): string {
  const sections = Object.entries<FailureEntry>(failureCatalogue)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([code, entry]) =>
        `## ${code}\n\n${entry.title}.\n\n- What to do: ${entry.cure}\n- Root cause: ${entry.rootCause}\n- Ends a run with: ${endingText(entry)}\n`,
    );
  return `# Failures\n\nWhat can go wrong in an expected way, by code. \`pgrehearse explain CODE\` prints the same.\n\n${sections.join('\n')}`;
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of [...(await referencePages()), ...checkPages(readSeen())]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
