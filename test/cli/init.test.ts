import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';

test('in an empty repository: a valid configuration, and git ignores what must not be committed', async () => {
  await withFolder({}, async (cwd) => {
    execFileSync('git', ['init', '-q'], { cwd });
    const { exitCode, stdout, stderr } = await runCli(['init'], { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('No migrations were found.');
    expect(stdout).toContain('Wrote pgrehearse.config.json.');
    for (const path of ['dump/prod.sql', '.pgrehearse/runs/x/journal.jsonl']) execFileSync('git', ['check-ignore', '-q', path], { cwd });
    // Reading it is what shows that it is valid.
    expect(await runCli(['runs'], { cwd })).toMatchObject({ exitCode: 0 });
  });
});

test('what is found in the project goes into a TypeScript configuration, which can be read', async () => {
  const files = { 'package.json': '{}', 'prisma/migrations/20240101_init/migration.sql': '', 'db/schema.sql': '', '.gitignore': 'node_modules\n/dump/\n' };
  await withFolder(files, async (cwd) => {
    const { stdout } = await runCli(['init'], { cwd });
    expect(stdout).toContain('Found Prisma (prisma/migrations/20240101_init/migration.sql).');
    expect(stdout).toContain('Found the checked-in schema db/schema.sql.');
    const text = readFileSync(join(cwd, 'pgrehearse.config.ts'), 'utf8');
    expect(text).toContain("migrate: { tool: 'prisma', folder: 'prisma/migrations' },");
    expect(text).toContain("baseline: { mode: 'init-at-head', schema: ['db/schema.sql'] }");
    expect(readFileSync(join(cwd, '.gitignore'), 'utf8')).toBe('node_modules\n/dump/\n/.pgrehearse/\n');
    expect(await runCli(['runs'], { cwd })).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('No runs in') });
  });
});

test('an existing configuration is not overwritten unless told', async () => {
  await withFolder({ 'pgrehearse.config.json': 'mine' }, async (cwd) => {
    expect(await runCli(['init'], { cwd })).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('pgrehearse.config.json is already here') });
    expect(await runCli(['init', '--format', 'ts', '--force'], { cwd })).toMatchObject({ exitCode: 2 });
    expect(readFileSync(join(cwd, 'pgrehearse.config.json'), 'utf8')).toBe('mine');
    expect(await runCli(['init', '--dry-run', '--force'], { cwd })).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"migrate"') });
    expect(readFileSync(join(cwd, 'pgrehearse.config.json'), 'utf8')).toBe('mine');
    expect(await runCli(['init', '--force', '--json'], { cwd })).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(readFileSync(join(cwd, 'pgrehearse.config.json'), 'utf8'))).toMatchObject({ source: { urlVariable: 'PRODUCTION_URL' } });
  });
});

test('an error in a TypeScript configuration names file and line', async () => {
  await withFolder({ 'package.json': '{}' }, async (cwd) => {
    await runCli(['init'], { cwd });
    const file = join(cwd, 'pgrehearse.config.ts');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nconst broken = ;\n`);
    const { exitCode, stderr } = await runCli(['runs'], { cwd });
    expect(stderr).toMatch(/pgrehearse\.config\.ts:\d+ {2}can't be read: SyntaxError/);
    expect(exitCode).toBe(2);
  });
});
