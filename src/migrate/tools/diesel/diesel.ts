import { readExactVersions } from '../exact-versions.ts';
import { folderFromStart } from '../folder-from-start.ts';
import { stops } from '../late-migrations.ts';
import { readFilesOf } from '../read-files-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { readDiesel } from './read-diesel.ts';

/**
 * Diesel (https://diesel.rs), as diesel_migrations 2 works: whatever the ledger lacks is applied, in the order of versions as text. `diesel migration run` knows no
 * stamp, and none that goes up to a version; `revert` counts steps.
 */
export const diesel: ToolAdapter = {
  name: 'diesel',
  readHistory: (projectFolder, settings) => readFilesOf(projectFolder, settings, readDiesel, { names: /\.sql$|^metadata\.toml$/ }),
  readLedger: (session, ledger, migrations) => readExactVersions(session, ledger, migrations, dieselVersion),
  refusals: async (_session, _ledger, migrations, rows) => stops(migrations, rows),
  // run_on has the time as its default.
  ledgerValues: ({ revision }) => ({ version: dieselVersion(revision) }),
  commands(settings) {
    const { program = ['diesel'] } = settings;
    const folder = ['--migration-dir', folderFromStart(settings)];
    return { up: [...program, 'migration', 'run', ...folder], current: [...program, 'migration', 'list', ...folder] };
  },
};

function dieselVersion(revision: string): string {
  return revision.split('_', 1)[0] ?? revision;
}
