import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testContext } from '../../../test/support/test-context.ts';
import { askSquawk, type SquawkAnswer } from './ask-squawk.ts';
import { readSquawkOutput } from './read-squawk-output.ts';

/** What squawk 2.66.0 printed of the migration below. */
const real = readFileSync(join(import.meta.dirname, 'squawk-2.66.0.txt'), 'utf8');
const migration = { revision: '7', file: 'm/7.sql', up: readFileSync(join(import.meta.dirname, 'squawk-2.66.0.sql'), 'utf8'), upLine: 1 };

/** A project whose node_modules/.bin/squawk is this shell script. */
async function asked(script: string, timeLimitMs?: number): Promise<SquawkAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'squawk-'));
  try {
    const bin = join(folder, 'node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(folder, 'real.json'), real);
    writeFileSync(join(bin, 'squawk'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'squawk'), 0o755);
    const limit = timeLimitMs === undefined ? {} : { timeLimitMs };
    return await askSquawk(testContext(), { folder, migrations: [migration], serverVersionNum: 180_004, ...limit });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const versioned = (rest: string, version = 'squawk 2.66.0') => `if [ "$1" = --version ]; then echo '${version}'; exit 0; fi\n${rest}`;

test('hints with their lines, and the statements that these are of', async () => {
  const answer = await asked(versioned('cat > /dev/null; cat real.json; exit 1'));
  expect(answer).toMatchObject({ kind: 'answered', version: '2.66.0', unread: [] });
  if (answer.kind !== 'answered') return;
  expect(answer.hints.map(({ rule, line, statementLine }) => `${rule} ${line} ${statementLine}`)).toMatchInlineSnapshot(`
    [
      "prefer-robust-stmts 2 2",
      "require-concurrent-index-creation 2 2",
      "require-lock-timeout 2 2",
      "require-statement-timeout 2 2",
      "constraint-missing-not-valid 4 4",
      "prefer-robust-stmts 4 4",
      "prefer-robust-stmts 7 6",
      "prefer-text-field 7 6",
      "prefer-robust-stmts 8 6",
      "changing-column-type 8 6",
    ]
  `);
});

test('it is told the file, the version of the server, and the text', async () => {
  const answer = await asked(versioned('echo "$@" >&2; cat >&2; exit 7'));
  expect(answer).toMatchObject({
    unread: [{ migration: '7', why: 'it ended with exit code 7 and said: --reporter json --pg-version 18.4 --stdin-filepath=m/7.sql' }],
  });
});

test.each<[string, string, RegExp]>([
  ['squawk 1', versioned('exit 0', 'squawk 1.6.1'), /^it is squawk 1\.6\.1, and 2 or later is needed$/],
  ['another program of that name', 'echo Welcome to Smalltalk', /`squawk --version` ended with exit code 0 and said: Welcome to Smalltalk$/],
  ['a program that can’t start', 'exec /nowhere/node', /^`squawk --version` ended with exit code 12[67]/],
])('%s is unusable, and that is said', async (_, script, why) => {
  expect(await asked(script)).toMatchObject({ kind: 'unusable', why: expect.stringMatching(why) });
});

test.each<[string, string, RegExp]>([
  ['output that is no JSON', 'echo Segmentation fault; exit 1', /^it ended with exit code 1 and said: Segmentation fault$/],
  ['JSON of another shape', `echo '[{"rule_name":"x","messages":[{"Note":"y"}],"line":1}]'; exit 1`, /^it ended with exit code 1/],
  ['syntax that it doesn’t know', `echo '[{"rule_name":"syntax-error","message":"expected","line":0}]'; exit 1`, /^it didn’t understand the syntax$/],
  ['a panic', 'echo thread main panicked >&2; exit 101', /^it ended with exit code 101 and said: thread main panicked$/],
])('%s: the migration has no hints, and that is said', async (_, script, why) => {
  const answer = await asked(versioned(`cat > /dev/null; ${script}`));
  expect(answer).toMatchObject({ kind: 'answered', hints: [], unread: [{ migration: '7', why: expect.stringMatching(why) }] });
});

test('one that never ends is ended', async () => {
  expect(await asked(versioned('exec sleep 1000'), 500)).toMatchObject({
    kind: 'answered',
    // On a machine that stands still meanwhile, its time is over before it is started.
    unread: [{ migration: '7', why: expect.stringMatching(/^it was ended by SIGTERM after it had taken too long$|^there was no time left for it$/) }],
  });
});

test('output is one list, or one value a line; nothing is no hint', () => {
  const one = { file: 'a.sql', line: 0, level: 'Warning', rule_name: 'prefer-text-field', message: 'm', help: null };
  const read = [{ rule: 'prefer-text-field', line: 0, message: 'm' }];
  expect(readSquawkOutput(JSON.stringify([one]))).toEqual(read);
  expect(readSquawkOutput(`${JSON.stringify(one)}\n${JSON.stringify(one)}\n`)).toEqual([...read, ...read]);
  expect(readSquawkOutput('\n')).toEqual([]);
  expect(readSquawkOutput('[{"rule_name":"x","message":"m","line":-1}]')).toBeUndefined();
  expect(readSquawkOutput('null')).toBeUndefined();
});
