import { expect, test } from 'vitest';
import { inFull } from '../../../../test/support/in-full.ts';
import { withSession } from '../../../../test/support/session.ts';
import { withFolder } from '../../../../test/support/temporary-folder.ts';
import { unwrap } from '../../../../test/support/unwrap.ts';
import { settingsSchema } from '../../../config/schema.ts';
import { headsOf } from '../../heads.ts';
import { readLineage } from '../../lineage.ts';
import { alembic } from './alembic.ts';

const settingsOf = (given: object) =>
  settingsSchema.parse({ source: { url: 'postgres://h/d' }, baseline: { mode: 'init-then-migrations' }, migrate: { tool: 'alembic', ...given } }).migrate;

const revision = (id: string, down: string, more = '') => `revision = '${id}'\ndown_revision = ${down}\n${more}def upgrade():\n    revision = 'x'\n`;
const ini = (text = 'script_location = db') => `[loggers]\nkeys = root\n[alembic]\n# script_location = wrong\n${text}\n[logger_root]\nlevel = WARN\n`;
const line = { 'db/versions/b.py': revision('1', 'None'), 'db/versions/a.py': revision('2', "'1'") };

async function history(files: Readonly<Record<string, string>>, settings: object = {}) {
  return await withFolder(files, async (folder) => {
    const read = await alembic.readHistory(folder, settingsOf(settings));
    return read.ok ? read.value.map(({ file }) => file) : `${read.failure.code}: ${read.failure.message}`;
  });
}

test.each<[string, Record<string, string>, object]>([
  ['alembic.ini', { 'alembic.ini': ini(), ...line }, {}],
  ['%(here)s', { 'alembic.ini': ini('script_location: %(here)s/%(name)s\nname = db'), ...line }, {}],
  ['its own option', { 'conf/x.ini': ini('script_location = %(here)s/../db'), ...line }, { program: ['python3', '-m', 'alembic', '-c', 'conf/x.ini'] }],
  ['a joined option', { 'conf/x.ini': ini(), ...line }, { program: ['venv/bin/alembic', '--config=conf/x.ini'] }],
  ['a variable', { 'conf/x.ini': ini(), ...line }, { env: { ALEMBIC_CONFIG: 'conf/x.ini' } }],
  ['a section of its own', { 'alembic.ini': '[main]\nscript_location = db\n', ...line }, { program: ['alembic', '-n', 'main'] }],
  ['pyproject.toml', { 'pyproject.toml': '[project]\nname = "x"\n[tool.alembic]\nscript_location = "%(here)s/db"\n[tool.other]\nx = 1', ...line }, {}],
  [
    'an ini beside it',
    { 'alembic.ini': '[alembic]\nsqlalchemy.url = x', 'pyproject.toml': '[tool.alembic]\nversion_locations = [\n  "db/versions",\n]', ...line },
    {},
  ],
  ['version_locations', { 'alembic.ini': ini('script_location = x\nversion_locations = %(here)s/none/../db/versions'), ...line }, {}],
  ['migrate.folder where a package is named', { 'alembic.ini': ini('script_location = shop:migrations'), ...line }, { folder: 'db/versions' }],
  ['no ini file, as with Flask-Migrate', line, { folder: 'db/versions', program: ['flask', 'db'] }],
  ['a bash -c', { 'alembic.ini': ini(), ...line }, { program: ['bash', '-c', 'alembic "$@"', 'x'] }],
  ['Windows line ends and marks', { 'alembic.ini': `\uFEFF${ini().replaceAll('\n', '\r\n')}`, ...line }, {}],
])('its folder, from %s', async (_, files, settings) => {
  expect(await history(files, settings)).toEqual(['db/versions/b.py', 'db/versions/a.py']);
});

test('several folders, folders below, and what is no revision', async () => {
  const files = {
    'alembic.ini': ini('script_location = db\nversion_locations = a/versions;b with space\nversion_path_separator = ;\nrecursive_version_locations = true'),
    'a/versions/1.py': revision('1', 'None'),
    'a/versions/deep/er/2.py': revision('2', '"1"'),
    'b with space/3 ünï\'"$(x).py': revision('3', '"2"'),
    'b with space/__init__.py': 'x = 1',
    'b with space/.#lock.py': 'x = 1',
    'b with space/README.md': 'x',
    'b with space/__pycache__/4.cpython-311.pyc': 'x',
  };
  expect(await history(files)).toEqual(['a/versions/1.py', 'a/versions/deep/er/2.py', 'b with space/3 ünï\'"$(x).py']);
});

test('text in another encoding that the file names', async () => {
  await withFolder({ 'alembic.ini': ini(), 'db/versions/1.py': '' }, async (folder) => {
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${folder}/db/versions/1.py`, Buffer.from("# -*- coding: latin-1 -*-\n# caf\xe9\nrevision = '1'\ndown_revision = None\n", 'latin1'));
    expect(unwrap(await alembic.readHistory(folder, settingsOf({})))[0]).toMatchObject({ revision: '1', language: 'code', parents: [] });
    writeFileSync(`${folder}/db/versions/1.py`, Buffer.from("# caf\xe9\nrevision = '1'\ndown_revision = None\n", 'latin1'));
    expect(await alembic.readHistory(folder, settingsOf({}))).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('not text in the encoding') },
    });
  });
});

test.each<[string, Record<string, string>, object, string]>([
  ['no folder', { 'alembic.ini': ini() }, {}, 'migration-folder-missing: Alembic’s folder of revisions db/versions does not exist'],
  ['no folder and no ini', {}, {}, 'migration-folder-missing: Alembic’s folder of revisions alembic/versions'],
  ['an empty folder', { 'alembic.ini': ini(), 'db/versions/x.txt': '' }, {}, 'migration-format: db/versions holds no migration of Alembic'],
  ['a package', { 'alembic.ini': ini('script_location = shop:db'), ...line }, {}, 'shop:db is a place inside of a Python package'],
  ['an unknown name', { 'alembic.ini': ini('script_location = %(home)s/db'), ...line }, {}, 'script_location holds %(home)s'],
  [
    'a folder that is another',
    { 'alembic.ini': ini(), ...line },
    { folder: 'old/versions' },
    'migrate.folder is old/versions, and alembic.ini has Alembic read db/versions',
  ],
  ['a computed parent', { 'alembic.ini': ini(), 'db/versions/a.py': 'revision = "1"\ndown_revision = x()\n' }, {}, 'gives down_revision a value that isn’t'],
  ['no id', { 'alembic.ini': ini(), 'db/versions/helpers.py': 'down_revision = None' }, {}, 'says no revision id'],
  ['no parent', { 'alembic.ini': ini(), 'db/versions/a.py': 'revision = "1"' }, {}, 'says no down_revision'],
  ['an id that Alembic refuses', { 'alembic.ini': ini(), 'db/versions/a.py': revision('a@b', 'None') }, {}, 'has the id a@b, and Alembic allows no @'],
  ['no Python', { 'alembic.ini': ini(), 'db/versions/a.py': 'revision = "1' }, {}, 'is no Python: a string is not closed'],
  [
    'compiled only',
    { 'alembic.ini': ini('script_location = db\nsourceless = true'), 'db/versions/__pycache__/1.cpython-311.pyc': '', ...line },
    {},
    'without its source',
  ],
])('%s is told', async (_, files, settings, message) => {
  expect(await history(files, settings)).toContain(message);
});

test('a link that leads nowhere is told, and what is no file is left out', async () => {
  await withFolder({ 'alembic.ini': ini(), ...line, 'db/versions/folder.py/x': '' }, async (folder) => {
    const { symlinkSync, unlinkSync } = await import('node:fs');
    symlinkSync('nowhere', `${folder}/db/versions/c.py`);
    expect(await alembic.readHistory(folder, settingsOf({}))).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('db/versions/c.py can’t be read') },
    });
    unlinkSync(`${folder}/db/versions/c.py`);
    symlinkSync('b.py', `${folder}/db/versions/c.py`);
    expect(unwrap(await alembic.readHistory(folder, settingsOf({})))).toHaveLength(2);
  });
});

test('an old revision that keeps its id in the file’s name', async () => {
  expect(await history({ 'alembic.ini': ini(), 'db/versions/abc12.py': 'down_revision = None' })).toEqual(['db/versions/abc12.py']);
});

test('what is applied: the rows of the ledger and all that they rest on', async () => {
  const files = {
    'alembic.ini': ini(),
    'db/versions/1.py': revision('1', 'None'),
    'db/versions/2.py': revision('2', '"1"'),
    'db/versions/3.py': revision('3', '"1"'),
    'db/versions/4.py': revision('4', '("2", "3")'),
    'db/versions/5.py': revision('5', 'None', 'depends_on = "3"\n'),
    'db/versions/007.py': revision('007', '"5"'),
  };
  await withFolder(files, async (folder) => {
    const settings = settingsOf({ ledger: { table: 'app.revisions' } });
    const migrations = unwrap(await alembic.readHistory(folder, settings));
    expect(headsOf(migrations).toSorted()).toEqual(['007', '4']);
    await withSession(18, 'create schema app; create table app.revisions (version_num varchar(32) not null)', async (session) => {
      const lineageWith = async (...rows: readonly string[]) => {
        await session.execute(`truncate app.revisions; insert into app.revisions values ${rows.map((row) => `('${row}')`).join()}`);
        const line = unwrap(await readLineage(session, settings, migrations));
        return { applied: line.applied.toSorted(), unknown: line.unknown, refusals: line.refusals.map(({ message }) => message), outOfOrder: line.outOfOrder };
      };
      expect(await lineageWith('2')).toEqual({ applied: ['1', '2'], unknown: [], refusals: [], outOfOrder: [] });
      expect((await lineageWith('2', '5')).applied).toEqual(['1', '2', '3', '5']);
      expect((await lineageWith('4', '007')).applied).toHaveLength(6);
      // An older commit's row isn't the one whose number is the same.
      expect(await lineageWith('7')).toMatchObject({ applied: [], unknown: ['7'] });
      expect((await lineageWith('2', '1')).refusals).toEqual([expect.stringContaining('names 2 and also 1')]);
    });
  });
});

// Writing the files takes longer than reading them.
test('many files', { timeout: 60_000 }, async () => {
  const count = inFull ? 5_000 : 300;
  const files = Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`db/versions/${at}.py`, revision(String(at), at === 0 ? 'None' : `"${at - 1}"`, '# x\n'.repeat(20))]),
  );
  expect(await history({ 'alembic.ini': ini(), ...files })).toEqual(Array.from({ length: count }, (_, at) => `db/versions/${at}.py`));
});
