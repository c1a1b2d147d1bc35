import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../../scripts/write-docs.ts';
import { commands } from '../../src/cli/commands.ts';
import { runCli } from '../support/run-cli.ts';

test.concurrent.each(commands.map((command) => [command.name, command] as const))('%s --help says what it does, with an example', async (name, command) => {
  const { exitCode, stdout, stderr } = await runCli([...name.split(' '), '--help']);
  expect(stdout).toMatch(new RegExp(`^Usage: pgrehearse ${name}\\b`));
  expect(stdout).toContain(`Example:\n  $ ${command.example}`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test('--help names every command', async () => {
  const { exitCode, stdout } = await runCli(['--help']);
  for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^ {2}${name.split(' ')[0]}\\b`, 'm'));
  expect(exitCode).toBe(0);
});

test('--version is the package’s', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };
  expect(await runCli(['--version'])).toMatchObject({ exitCode: 0, stdout: `${version}\n` });
});

test.each([...referencePages().keys()])('%s is as the code says (npm run docs)', (path) => {
  expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toBe(referencePages().get(path));
});

test('help NAME is NAME --help', async () => {
  expect(await runCli(['help', 'evidence', 'verify'])).toEqual(await runCli(['evidence', 'verify', '--help']));
  expect(await runCli(['help'])).toEqual(await runCli(['--help']));
});
