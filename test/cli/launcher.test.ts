import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { binary } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';

const program = 'process.stdout.write(import.meta.filename + " " + process.argv.slice(2) + "\\n"); process.exit(Number(process.argv[2] ?? 0));';
const asOldNode = 'Object.defineProperty(process, "version", { value: "v20.9.0" });';

function launch(folder: string, args: readonly string[], nodeArgs: readonly string[] = []) {
  mkdirSync(join(folder, 'bin'));
  copyFileSync(binary, join(folder, 'bin/pgrehearse.js'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, join(folder, 'bin/pgrehearse.js'), ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('a published package runs its compiled program', async () => {
  await withFolder({ 'package.json': '{"type":"module"}', 'dist/cli/main.js': program }, async (folder) => {
    expect(launch(folder, ['7'])).toMatchObject({ status: 7, stdout: expect.stringMatching(/dist\/cli\/main\.js 7\n$/) });
  });
});

test('a checkout runs its sources, also when something is compiled', async () => {
  await withFolder({ 'package.json': '{"type":"module"}', 'dist/cli/main.js': program, 'src/cli/main.ts': program }, async (folder) => {
    expect(launch(folder, [])).toMatchObject({ status: 0, stdout: expect.stringContaining('src/cli/main.ts') });
  });
});

test('an old Node is told so in one sentence', async () => {
  await withFolder({ 'package.json': '{"type":"module"}', 'dist/cli/main.js': program, 'old.cjs': asOldNode }, async (folder) => {
    const { status, stdout, stderr } = launch(folder, [], ['--require', join(folder, 'old.cjs')]);
    expect(stderr).toMatch(/^pgrehearse needs Node 24 or newer; this is Node .*\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

test('a checkout with a Node of its own uses that one', async () => {
  await withFolder({ 'package.json': '{"type":"module"}', 'src/cli/main.ts': program, 'old.cjs': asOldNode, 'node_modules/.bin/x': '' }, async (folder) => {
    symlinkSync(process.execPath, join(folder, 'node_modules/.bin/node'));
    expect(launch(folder, ['9'], ['--require', join(folder, 'old.cjs')])).toMatchObject({ status: 9, stdout: expect.stringContaining('src/cli/main.ts 9') });
  });
});
