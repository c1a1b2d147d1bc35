import { readExactVersions } from '../exact-versions.ts';
import { lateRefusals, stops } from '../late-migrations.ts';
import { readFilesOf } from '../read-files-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { dbmateVersion, readDbmate } from './read-dbmate.ts';

/**
 * dbmate (https://github.com/amacneil/dbmate), as version 2 works: whatever the ledger lacks is applied, in the order of file names. It goes up to the end only, has
 * no stamp, and `rollback` takes back one.
 */
export const dbmate: ToolAdapter = {
  name: 'dbmate',
  readHistory: (projectFolder, settings) =>
    readFilesOf(projectFolder, settings, (files) =>
      readDbmate(files, { byTool: settings.tool === 'command', strict: (settings.program ?? []).includes('--strict') }),
    ),
  readLedger: (session, ledger, migrations) => readExactVersions(session, ledger, migrations, dbmateVersion),
  refusals: async (_session, _ledger, migrations, rows) => [
    ...lateRefusals(migrations, rows, { tool: 'dbmate --strict', cure: 'Give it a number above the newest applied one, or leave out --strict.' }),
    ...stops(migrations, rows),
  ],
  ledgerValues: ({ revision }) => ({ version: dbmateVersion(revision) }),
  commands: ({ program = ['dbmate', '--no-dump-schema'] }) => ({ up: [...program, 'migrate'], current: [...program, 'status'] }),
};
