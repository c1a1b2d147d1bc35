import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';

test.concurrent.each([
  ['an unknown command', ['inti'], "unknown command 'inti'", 'Did you mean init?'],
  ['an unknown command of a group', ['evidence', 'veryfy'], "unknown command 'veryfy'", 'Did you mean verify?'],
  ['an unknown option', ['gc', '--dryrun'], "unknown option '--dryrun'", 'Did you mean --dry-run?'],
  ['an option without its value', ['runs', '--config'], "option '--config <file>' argument missing", 'runs --help'],
  ['a value that is not allowed', ['init', '--format', 'yaml'], "argument 'yaml' is invalid. must be ts or json", 'init --help'],
  ['too many arguments', ['init', 'here'], "too many arguments for 'init'", 'init --help'],
  ['a missing argument', ['exec'], "missing required argument 'command'", 'exec --help'],
  ['two names of one clone', ['env', 'shop', '--name', 'shpo'], 'two clones are named: shop and shpo', 'Name one of them'],
  [
    'a mistyped failure code',
    ['explain', 'missing-extention'],
    'there is no check, gate, finding or failure code missing-extention',
    'Did you mean missing-extension?',
  ],
  ['a mistyped check', ['explain', 're-wriet'], 'there is no check, gate, finding or failure code re-wriet', 'Did you mean rewrite?'],
  ['diff with one side', ['diff', 'postgres://localhost/a'], 'diff needs two sides', 'diff shop fresh'],
  ['diff with a wrong port', ['diff', 'a', 'b', '--port', '70000'], 'must be a port, 1 to 65535', 'diff --help'],
])('%s is refused, with what was meant', async (_, args, message, help) => {
  const { exitCode, stdout, stderr } = await runCli(args);
  expect(stderr).toContain(message);
  expect(stderr).toContain(help);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

test('explain tells title, cure, cause and ending', async () => {
  const { exitCode, stdout } = await runCli(['explain', 'source-unreachable']);
  expect(stdout).toMatch(/^source-unreachable: The source cannot be reached\n/);
  expect(stdout).toContain('Root cause:  connection\n');
  expect(stdout).toContain('Ends a run:  INCONCLUSIVE, exit code 4\n');
  expect(exitCode).toBe(0);
  expect(JSON.parse((await runCli(['explain', 'source-unreachable', '--json'])).stdout)).toMatchObject({ code: 'source-unreachable', rootCause: 'connection' });
});

test('explain tells of a gate by which checks it decides', async () => {
  const { exitCode, stdout } = await runCli(['explain', 'locks']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^locks, a gate: .*\n\nIts checks:\n {2}pgrehearse explain rewrite\n/);
});

test('explain prints a check’s page', async () => {
  const { exitCode, stdout } = await runCli(['explain', 'rewrite']);
  expect(stdout).toMatch(/^rewrite\n\nWas a table or index that production has written anew under a lock\?\n/);
  expect(stdout).toContain('\n  alter table public.invoice alter column issued_on type timestamptz;\n');
  expect(exitCode).toBe(0);
});

const config = {
  source: { ulr: 'postgres://u:s3cret@h/db' },
  migrate: { tool: 'sql-file', folder: 'm', layout: 'flat' },
  baseline: { mode: 'init-at-head', schema: ['s.sql'] },
};

test('a configuration with errors: all of them, each with its place, and no secret', async () => {
  await withFolder({ 'pgrehearse.config.json': JSON.stringify(config, null, 2) }, async (cwd) => {
    const { exitCode, stderr } = await runCli(['run'], { cwd });
    expect(stderr).toBe(`error: pgrehearse.config.json has 2 errors
  pgrehearse.config.json:3:5  source.ulr is not a known key
      → Did you mean "url"?
  pgrehearse.config.json:6:5  migrate.tool is none of the 17 known words
      → Did you mean "sql-files"?
  (config-invalid: more with \`pgrehearse explain config-invalid\`)
`);
    expect(exitCode).toBe(2);
    const asJson = await runCli(['runs', '--json'], { cwd });
    expect(asJson.exitCode).toBe(2);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      failure: { code: 'config-invalid', problems: [{ place: { line: 3, column: 5 } }, { place: { line: 6 } }] },
    });
    expect(asJson.stdout).not.toContain('s3cret');
  });
});

test('no configuration: how to get one', async () => {
  await withFolder({}, async (cwd) => {
    const { exitCode, stderr } = await runCli(['run'], { cwd });
    expect(stderr).toContain('pgrehearse init');
    expect(exitCode).toBe(2);
  });
});
