import { readFilesOf } from '../read-files-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { versionText } from '../version-text.ts';
import { golangMigrateName, readGolangMigrate } from './read-golang-migrate.ts';

/**
 * golang-migrate (https://github.com/golang-migrate/migrate), as v4 works. Its one row is the version that production is at: what is older counts as applied,
 * also if it came into the repo later, and nobody can see that it never ran. `force` is its stamp.
 */
export const golangMigrate: ToolAdapter = {
  name: 'golang-migrate',
  readHistory: (projectFolder, settings) =>
    readFilesOf(
      projectFolder,
      settings,
      (files) => readGolangMigrate(files, { multiStatement: /x-multi-statement=(true|1)/.test((settings.program ?? []).join(' ')) }),
      {
        names: golangMigrateName,
        depth: 0,
      },
    ),
  ledgerValues: ({ revision }) => ({ version: versionText(revision), dirty: false }),
  commands: ({ program = ['migrate'] }) => ({
    up: [...program, 'up'],
    upTo: (revision) => [...program, 'goto', versionText(revision)],
    stamp: (revision) => [...program, 'force', versionText(revision)],
    downTo: (revision) => (revision === undefined ? [...program, 'down', '-all'] : [...program, 'goto', versionText(revision)]),
    current: [...program, 'version'],
  }),
};
