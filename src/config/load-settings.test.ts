import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSettings } from './load-settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgr-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const valid = {
  source: { urlVariable: 'PRODUCTION_URL' },
  migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: 'none' },
  baseline: { mode: 'init-at-head', schema: ['schema.sql'] },
};

async function problemsOf(config: unknown): Promise<string[]> {
  writeFileSync(join(folder, 'pgrehearse.config.json'), typeof config === 'string' ? config : JSON.stringify(config, null, 2));
  const loaded = await loadSettings(folder);
  if (loaded.ok) return [];
  expect(loaded.failure.code).toBe('config-invalid');
  return (loaded.failure.problems ?? []).map((problem) => {
    const { file, line, column } = problem.place ?? { file: '?' };
    return `${file}:${line}:${column} ${problem.message} | ${problem.cure}`;
  });
}

test('a valid file is read and its defaults are filled in', async () => {
  expect(await problemsOf(valid)).toEqual([]);
  const loaded = await loadSettings(folder);
  expect(loaded).toMatchObject({ ok: true, value: { folder, settings: { folders: { dumps: 'dump' }, clone: { keepHours: 72 } } } });
});

test('every problem is told at once, with its place and what was meant', async () => {
  const problems = await problemsOf({
    ...valid,
    source: { ulr: 'postgres://u:s3cret@h/db' },
    titel: 'x',
    schemaGate: { policies: { securty: 'fail', order: 'fial' } },
    data: { parityPercent: '0.1', bounds: [{ table: 'a.b', inserted: { mim: 1 } }], invariants: [{ name: 'x', sql: '', expect: { eror: '42501' } }] },
  });
  expect(problems).toEqual([
    'pgrehearse.config.json:3:5 source.ulr is not a known key | Did you mean "url"?',
    'pgrehearse.config.json:17:3 titel is not a known key | Did you mean "title"?',
    'pgrehearse.config.json:20:7 schemaGate.policies.securty is not a known key | Did you mean "security"?',
    'pgrehearse.config.json:21:7 schemaGate.policies.order must be "fail", "report" or "ignore" | Did you mean "fail"?',
    'pgrehearse.config.json:25:5 data.parityPercent must be a number, not text | Correct it.',
    'pgrehearse.config.json:30:11 data.bounds[0].inserted.mim is not a known key | Did you mean "min"?',
    'pgrehearse.config.json:37:9 data.invariants[0].sql must not be empty | Correct it.',
    'pgrehearse.config.json:38:9 data.invariants[0].expect.error is missing | Add it: text.',
    'pgrehearse.config.json:39:11 data.invariants[0].expect.eror is not a known key | Did you mean "error"?',
  ]);
});

test.each<[string, object, string[]]>([
  ['a dump with a typo', { source: { dumpp: 'd', roles: 'r' } }, ['source.dump is missing', 'source.dumpp is not a known key']],
  ['a url with a dump’s key', { source: { url: 'u', roles: 'r' } }, ['source.roles is not a known key']],
  ['a source without an origin', { source: { allowPrimary: true } }, ['source names neither url nor urlVariable']],
  ['both urls', { source: { url: 'u', urlVariable: 'V' } }, ['source has both url and urlVariable']],
  [
    'a mistyped tool: the rest is checked against the tool that was meant',
    { migrate: { tool: 'sqlfiles', folder: 3, layout: 'flt' } },
    ['migrate.tool is none of the 17 known words', 'migrate.folder must be text, not a number', 'migrate.layout must be "flat"'],
  ],
  [
    'no tool: the keys tell which',
    { migrate: { command: 'alembic upgrade head' } },
    ['migrate.tool is missing: "sql-files", "command", "alembic", ', 'migrate.command must be a list, not text'],
  ],
  [
    'a wrong mode',
    { baseline: { mode: 'at-head', schema: [] } },
    ['baseline.mode must be "init-at-head" or "init-then-migrations"', 'baseline.schema must not be empty'],
  ],
  [
    'a bound of a wrong type',
    { data: { bounds: [{ table: 't', rows: 'many' }] } },
    ['data.bounds[0].rows must be a whole number, an object with min or max, an object with minPercent or maxPercent or an object with query'],
  ],
  [
    'a bound on a statement of nobody',
    { data: { bounds: [{ table: 't', statement: 2, updated: 1 }] } },
    ['data.bounds[0] has a statement, and no migration that it belongs to'],
  ],
  ['a bound on the rows after one migration', { data: { bounds: [{ table: 't', migration: '1', rows: 1 }] } }, ['data.bounds[0] has both rows and migration']],
  [
    'a required table that is tried as nobody',
    { data: { requiredTables: [{ table: 't' }, { table: 'u', role: 'app' }] } },
    ['data.requiredTables[0].role is missing, and neither compatibility.role nor traffic.role nor clone.user names the role'],
  ],
  [
    'an expectation of a wrong word',
    { data: { invariants: [{ name: 'a', sql: 's', expect: { rows: 'nobody' } }] } },
    ['data.invariants[0].expect.rows must be "none", "some" or a whole number'],
  ],
  ['a source that is text', { source: 'postgres://u:s3cret@h/db' }, ['source must be an object']],
  ['an empty file', {}, []],
])('%s', async (_, change, messages) => {
  const problems = await problemsOf({ ...valid, ...change });
  expect(problems).toHaveLength(messages.length);
  for (const [index, message] of messages.entries()) expect(problems[index]).toContain(`${message}`);
  expect(problems.join('\n')).not.toContain('s3cret');
});

test('everything that is missing is named', async () => {
  expect(await problemsOf({})).toEqual([
    'pgrehearse.config.json:1:1 source is missing | Add it: an object with url, urlVariable, credential, tunnel, tlsRootCertificate, allowPrimary or unchanging, an object with dump, an object with rds, an object with aurora, an object with azure or an object with attached.',
    'pgrehearse.config.json:1:1 migrate is missing | Add it: an object with tool: "sql-files", folder and layout: "flat" or another, an object with tool: "command" and command or an object with tool: "alembic" or another.',
    'pgrehearse.config.json:1:1 baseline is missing | Add it: an object with mode: "init-at-head" and schema or an object with mode: "init-then-migrations".',
  ]);
  expect(await problemsOf([])).toEqual(['pgrehearse.config.json:1:1 the configuration must be an object, not a list | Correct it.']);
});

test('broken JSON is told with its place and without its text', async () => {
  expect(await problemsOf('{\n  "source": { "url": "postgres://u:s3cret@h/db" }\n  "migrate": {}\n}')).toEqual([
    'pgrehearse.config.json:3:3 not valid JSON: expected "," or "}" | Correct the JSON.',
  ]);
});

test('a problem in TypeScript names its path', async () => {
  writeFileSync(join(folder, 'pgrehearse.config.mjs'), `export default ${JSON.stringify({ ...valid, titel: 'x' })};`);
  const loaded = await loadSettings(folder);
  expect(loaded.ok ? [] : loaded.failure.problems).toMatchObject([{ message: 'titel is not a known key', place: { file: 'pgrehearse.config.mjs' } }]);
});

test('no file, two files, a named file', async () => {
  expect(await loadSettings(folder, 'nowhere.json')).toMatchObject({ ok: false, failure: { code: 'config-not-found' } });
  expect(await loadSettings(folder)).toMatchObject({ ok: false, failure: { code: 'config-not-found' } });
  writeFileSync(join(folder, 'other.json'), JSON.stringify(valid));
  expect(await loadSettings(folder, 'other.json')).toMatchObject({ ok: true, value: { file: join(folder, 'other.json') } });
  writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify(valid));
  writeFileSync(join(folder, 'pgrehearse.config.ts'), '');
  expect(await loadSettings(folder)).toMatchObject({ ok: false, failure: { code: 'config-invalid', message: expect.stringContaining('more than one') } });
});

test('a named file that can’t be a configuration is not read', async () => {
  writeFileSync(join(folder, 'a.sql'), '');
  const named = async (file: string) => {
    const loaded = await loadSettings(folder, file);
    return loaded.ok ? undefined : `${loaded.failure.code}: ${loaded.failure.message}`;
  };
  expect(await named('.')).toBe('config-not-found: . is a folder');
  expect(await named('b.json')).toBe('config-not-found: b.json does not exist');
  expect(await named('a.sql')).toBe('config-not-found: a.sql is no configuration: its name would end in .ts, .js or .json');
  mkdirSync(join(folder, 'pgrehearse.config.json'));
  expect(await loadSettings(folder)).toMatchObject({ ok: false, failure: { code: 'config-invalid', message: expect.stringContaining('can’t be read') } });
});
