import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgr-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** In a Node of its own: vitest takes every import() over, and its own TypeScript reader isn't what a user gets. */
function importConfig(text: string): { value?: unknown; message?: string; line?: number; warnings: string } {
  const file = join(folder, 'pgrehearse.config.ts');
  writeFileSync(file, text);
  const code = `import { importConfig } from ${JSON.stringify(join(import.meta.dirname, 'import-config.ts'))};
    process.stdout.write(JSON.stringify(await importConfig(${JSON.stringify(file)})));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return { ...JSON.parse(stdout), warnings: stderr };
}

test('TypeScript is imported, and `pgrehearse` in it is the running one', () => {
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  const text = `import { defineConfig } from 'pgrehearse';
     import type { SettingsInput } from 'pgrehearse';
     const source: SettingsInput['source'] = { urlVariable: 'X' };
     export default defineConfig({ source } as SettingsInput);`;
  expect(importConfig(text)).toEqual({ ok: true, value: { source: { urlVariable: 'X' } }, warnings: '' });
});

test.each([
  ['a syntax error', 'export default {\n  source: ,\n};', /can't be read: SyntaxError/, 2],
  ['TypeScript that must be compiled', '\nenum Colour { red }\nexport default {};', /can't be read: SyntaxError: .*enum/, 2],
  [
    'an error while it runs',
    'const a = 1;\nthrow new Error("no postgres://u:s3cret@h/db");\nexport default a;',
    /can't be read: Error: no postgres:\/\/u:\*\*\*@h\/db/,
    2,
  ],
  ['a missing module', 'import "nowhere-at-all";\nexport default {};', /can't be read: Error: Cannot find package 'nowhere-at-all'/, undefined],
  ['no default export', 'export const config = {};', /has no default export/, undefined],
])('%s', (_, text, message, line) => {
  const imported = importConfig(text);
  expect(imported.message).toMatch(message);
  expect(imported.line).toBe(line);
  expect(imported.warnings).toBe('');
});
