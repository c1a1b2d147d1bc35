import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../../scripts/write-docs.ts';
import { loadCommands } from '../../src/cli/commands.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { runCli } from '../support/run-cli.ts';

const commands = (await loadCommands()).flatMap((group) => group.commands);
const pages = await referencePages();

test.each(commands.map((command) => [command.name, command] as const))('%s --help says what it does, with an example', async (name, command) => {
  const lines: string[] = [];
  const never = () => expect.unreachable('help is all that is asked for');
  const terminal = {
    print: (line: string) => void lines.push(line),
    printJson: never,
    leadNotes: never,
    note: never,
    write: never,
    stdout: process.stdout,
    stderr: process.stderr,
  };
  const surroundings = { terminal, folder: '/', signal: AbortSignal.abort(), letSignalsPass: never };
  expect(await runCommandLine([...name.split(' '), '--help'], surroundings)).toBe(0);
  expect(lines.join('\n')).toMatch(new RegExp(`^Usage: pgrehearse ${name}\\b`));
  expect(lines.join('\n')).toContain(`Example:\n  $ ${command.example}`);
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

test.each([...pages.keys()])('%s is as the code says (npm run docs)', (path) => {
  expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toBe(pages.get(path));
});

test('help NAME is NAME --help', async () => {
  expect(await runCli(['help', 'evidence', 'verify'])).toEqual(await runCli(['evidence', 'verify', '--help']));
  expect(await runCli(['help'])).toEqual(await runCli(['--help']));
});
