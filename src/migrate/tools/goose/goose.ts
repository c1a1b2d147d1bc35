import { lateRefusals } from '../late-migrations.ts';
import { readFilesOf } from '../read-files-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { versionText } from '../version-text.ts';
import { readGoose } from './read-goose.ts';

/**
 * goose (https://github.com/pressly/goose), as its version 3 works: SQL and Go files in one order of numbers; the newest row of a version says whether it is
 * applied, and a migration that is older than the newest applied one makes `up` refuse unless it is started with `-allow-missing`.
 */
export const goose: ToolAdapter = {
  name: 'goose',
  readHistory: (projectFolder, settings) =>
    readFilesOf(projectFolder, settings, (files) =>
      readGoose(files, { byTool: settings.tool === 'command', allowMissing: (settings.program ?? []).some((part) => /^--?allow-missing(=true)?$/.test(part)) }),
    ),
  refusals: async (_session, _ledger, migrations, rows) =>
    lateRefusals(migrations, rows, {
      tool: 'goose',
      cure: 'Give it a number above the newest applied one, or start goose with -allow-missing and say so in migrate.program.',
    }),
  // The identity, and the time with its default, are the database’s.
  ledgerValues: (migration) => ({ version_id: versionText(migration.revision), is_applied: true }),
  commands: ({ program = ['goose'] }) => ({
    up: [...program, 'up'],
    upTo: (revision) => [...program, 'up-to', versionText(revision)],
    downTo: (revision) => [...program, 'down-to', revision === undefined ? '0' : versionText(revision)],
    current: [...program, 'status'],
  }),
};
