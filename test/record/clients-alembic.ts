import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../src/core/server.ts';
import { runMigrationCommand } from '../../src/migrate/run-command.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

/** The repo of a team that migrates with Alembic. */
export const alembicRepo = join(import.meta.dirname, 'clients/alembic');

/** Debian's packages alembic and python3-psycopg2. */
export const hasAlembic = spawnSync('alembic', ['--version']).status === 0;

/** Has Alembic apply what is pending, as a run of the program has it: as a command, which is told of the recorder's address only. */
export async function migrateWithAlembic(database: Address, through: Address): Promise<void> {
  await withFolder({}, async (folder) => {
    cpSync(alembicRepo, folder, { recursive: true });
    const ledger = { table: 'alembic_version', column: 'version_num' };
    const settings = { tool: 'command' as const, command: ['alembic', 'upgrade', 'head'], ledger, env: {}, timeoutMinutes: 1 };
    unwrap(await runMigrationCommand(testContext(), settings, database, folder, 'migrate', through));
  });
}
