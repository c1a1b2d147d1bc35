import { createHash } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMigrations, type SqlFilesSettings } from './read-migrations.ts';

const settings: SqlFilesSettings = { tool: 'sql-files', folder: 'db', layout: 'flat', transaction: 'auto' };

async function withFolder(files: Readonly<Record<string, string | Uint8Array>>, use: (project: string) => Promise<void>): Promise<void> {
  const project = await mkdtemp(join(tmpdir(), 'pgr-migrations-'));
  try {
    const { mkdir } = await import('node:fs/promises');
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(project, path, '..'), { recursive: true });
      await writeFile(join(project, path), content);
    }
    await use(project);
  } finally {
    await rm(project, { recursive: true });
  }
}

test('hashes are of the bytes; a byte order mark is no text; line ends stay', async () => {
  const bytes = Buffer.from('\ufeffselect 1;\r\n-- é\r\n');
  await withFolder({ 'db/1_a.sql': bytes, 'db/.hidden.sql': 'x' }, async (project) => {
    const read = await readMigrations(settings, project);
    expect(read).toMatchObject({
      ok: true,
      value: [{ file: 'db/1_a.sql', up: 'select 1;\r\n-- é\r\n', sha256: createHash('sha256').update(bytes).digest('hex') }],
    });
  });
});

test('text that is not UTF-8 is refused by name', async () => {
  const files = { 'db/1_latin.sql': Buffer.from("select 'é'", 'latin1'), 'db/2_wide.sql': Buffer.from('\ufeffselect 1', 'utf16le'), 'db/3_fine.sql': '' };
  await withFolder(files, async (project) => {
    const read = await readMigrations(settings, project);
    expect(read).toMatchObject({ ok: false, failure: { code: 'migration-format', problems: [{ object: 'db/1_latin.sql' }, { object: 'db/2_wide.sql' }] } });
  });
});

test('a missing folder, an empty one, and several problems', async () => {
  await withFolder({ 'empty/readme.txt': '', 'db/a.sql': '', 'db/b.sql': '' }, async (project) => {
    expect(await readMigrations({ ...settings, folder: 'nowhere' }, project)).toMatchObject({
      ok: false,
      failure: { code: 'migration-folder-missing', object: 'nowhere' },
    });
    expect(await readMigrations({ ...settings, folder: 'empty' }, project)).toMatchObject({
      ok: false,
      failure: { code: 'migration-format', message: 'empty holds no migration in the layout flat' },
    });
    const bad = await readMigrations(settings, project);
    expect(bad.ok ? [] : bad.failure.problems?.map(({ object }) => object)).toEqual(['db/a.sql', 'db/b.sql']);
  });
});

test('a command without a folder has no migrations of its own', async () => {
  expect(await readMigrations({ tool: 'command', command: ['x'], env: {}, timeoutMinutes: 1 }, '/nowhere')).toEqual({ ok: true, value: [] });
});

test('a link to a folder of migrations is refused, since some tools pass over it; one to a file is a file', async () => {
  const files = { 'db/1_a/migration.sql': 'select 1', 'elsewhere/2_b/migration.sql': 'select 2', 'notes/readme.txt': 'x' };
  await withFolder(files, async (project) => {
    await symlink('../notes', join(project, 'db/notes'));
    await symlink('../nowhere', join(project, 'db/nowhere'));
    const folders = { ...settings, layout: 'prisma-folders' } as const;
    expect(await readMigrations(folders, project)).toMatchObject({ ok: true, value: [{ revision: '1_a' }] });
    await symlink('../elsewhere/2_b', join(project, 'db/2_b'));
    expect(await readMigrations(folders, project)).toMatchObject({ ok: false, failure: { code: 'migration-format', object: 'db/2_b' } });
  });
});

test('a byte order mark is sent where the tool sends it, and refused where the tool stops at it', async () => {
  await withFolder({ 'db/1_a/migration.sql': '\ufeffselect 1' }, async (project) => {
    expect(await readMigrations({ ...settings, layout: 'prisma-folders' }, project)).toMatchObject({ ok: true, value: [{ up: '\ufeffselect 1' }] });
  });
  await withFolder({ 'db/1_a.sql': '\ufeff-- +goose Up\nselect 1;\n' }, async (project) => {
    const message = expect.stringContaining('begins with a byte order mark');
    expect(await readMigrations({ ...settings, layout: 'goose' }, project)).toMatchObject({ ok: false, failure: { code: 'migration-format', message } });
  });
});

test('a file whose ending is written in capitals is not passed over in silence', async () => {
  await withFolder({ 'db/1_a.sql': 'select 1', 'db/2_b.SQL': 'select 2' }, async (project) => {
    const read = await readMigrations(settings, project);
    expect(read).toMatchObject({ ok: false, failure: { code: 'migration-format', object: 'db/2_b.SQL' } });
  });
});
