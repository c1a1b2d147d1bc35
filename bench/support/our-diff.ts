/**
 * One comparison as pgrehearse makes it, in a process of its own: `facts A B` by the catalogs alone, `both A B` by both engines and with expressions
 * settled on the same server. Prints the seconds of the comparison itself, without the start of node, and each difference on a line.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Result } from '../../src/core/result.ts';
import type { SchemaDifference } from '../../src/core/schema-difference.ts';

// As the program itself does it.
enableCompileCache(fileURLToPath(new URL('../../dist/.compiled', import.meta.url)));

/** A module as the published package holds it, compiled: `npm run build` comes before. */
const built = (file: string) => import(new URL(`../../dist/${file}.js`, import.meta.url).href);
const { makeContext } = (await built('cli/make-context')) as typeof import('../../src/cli/make-context.ts');
const { compareObjects } = (await built('schema/compare/compare-objects')) as typeof import('../../src/schema/compare/compare-objects.ts');
const { compareSchemas } = (await built('schema/compare-schemas')) as typeof import('../../src/schema/compare-schemas.ts');
const { extractDifferingFacts } = (await built('schema/extract/extract-facts')) as typeof import('../../src/schema/extract/extract-facts.ts');

const [mode = '', a = '', b = ''] = process.argv.slice(2);
const context = value(await makeContext({ signal: new AbortController().signal }));
const { postgres } = context.edge;
const [left, right] = [value(postgres.parseAddress(a)), value(postgres.parseAddress(b))];
const startedAt = performance.now();
const differences = mode === 'facts' ? await byFacts() : await byBoth();
console.log(`seconds ${((performance.now() - startedAt) / 1000).toFixed(3)}`);
for (const { class: kind, object, how, property } of differences) {
  console.log(`difference ${kind} ${object.kind} ${object.name} ${how === 'changed' ? property : how}`);
}

async function byFacts(): Promise<readonly SchemaDifference[]> {
  const [one, other] = await Promise.all([postgres.connect(left), postgres.connect(right)]);
  await using first = value(one);
  await using second = value(other);
  const facts = await extractDifferingFacts(first, second, { exclude: [] });
  // As compareSchemas does: servers end both sessions while their answers are compared.
  for (const session of [first, second]) void session.close();
  return compareObjects(facts.left, facts.right);
}

async function byBoth(): Promise<readonly SchemaDifference[]> {
  const scratch = async () => ({ ok: true as const, value: { ...right, database: 'postgres' } });
  const sides = [
    { address: left, label: 'a' },
    { address: right, label: 'b' },
  ] as const;
  return value(await compareSchemas(context, ...sides, { exclude: [], scratch })).differences;
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}
