import { registerHooks } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a configuration module exports by default, or why it can't be had. */
export type ImportedConfig = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string; readonly line?: number };

/**
 * Imports a configuration file; TypeScript by Node's own type stripping.
 *
 * `import … from 'pgrehearse'` in it always means the pgrehearse that is running, so that a configuration works where the package isn't installed (npx, another
 * language's project). A .ts file is an ES module whatever the nearest package.json says.
 */
export async function importConfig(file: string): Promise<ImportedConfig> {
  const url = pathToFileURL(file).href;
  const self = new URL(`../index${extname(import.meta.url)}`, import.meta.url).href;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'pgrehearse') return { url: self, shortCircuit: true };
      const resolved = next(specifier, context);
      return resolved.url === url && /\.m?ts$/.test(url) ? { ...resolved, format: 'module-typescript' } : resolved;
    },
  });
  try {
    const module = (await import(url)) as { readonly default?: unknown };
    if (module.default === undefined) return { ok: false, message: 'has no default export: write `export default defineConfig({ … })`' };
    return { ok: true, value: module.default };
  } catch (error) {
    return describe(error, file);
  } finally {
    hooks.deregister();
  }
}

/** An error thrown while importing is the user's, not ours: its message, and the line of their file where the stack knows it. */
function describe(error: unknown, file: string): ImportedConfig {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const line = error instanceof Error ? lineOf(error, file) : undefined;
  return { ok: false, message: `can't be read: ${withoutPasswords(message)}`, ...(line === undefined ? {} : { line }) };
}

function lineOf(error: Error, file: string): number | undefined {
  const stack = error.stack ?? '';
  for (const name of [pathToFileURL(file).href, file]) {
    const at = stack.indexOf(`${name}:`);
    const line = at < 0 ? Number.NaN : Number.parseInt(stack.slice(at + name.length + 1), 10);
    if (!Number.isNaN(line)) return line;
  }
  return undefined;
}

function withoutPasswords(text: string): string {
  return text.replaceAll(/(:\/\/[^:@/\s]+):[^@/\s]*@/g, '$1:***@');
}
