import type { Settings } from '../config/schema.ts';
import type { Migration } from '../core/migration.ts';
import { type Deploy, deployTranscript } from '../evidence/transcript/deploy-transcript.ts';
import { chooseMode } from '../migrate/choose-mode.ts';
import { splitMigration } from '../migrate/split-migration.ts';

/** What the rehearsal found out that the files alone don't tell. */
export interface RehearsedDeploy {
  /** Revisions that were pending, in the order in which they run. */
  readonly pending: readonly string[];
  /** Revisions that ran without a transaction. */
  readonly noTransaction: ReadonlySet<string>;
  /** How the clone was stamped, where production has no list of applied migrations. */
  readonly stamp?: Deploy['stamp'];
}

/**
 * The deploy transcript of a run, from the configuration and the files as they are now: the same bytes as long as neither has changed. A revision that is
 * no longer there is left out, which changes them.
 *
 * @param migrations all of the repo's
 */
export function transcriptOfDeploy({ migrate }: Pick<Settings, 'migrate'>, migrations: readonly Migration[], rehearsed: RehearsedDeploy): string {
  const pending = rehearsed.pending.flatMap((revision) => migrations.filter((one) => one.revision === revision));
  const deployed = pending.map(({ revision, file, sha256, up, ...rest }) => ({
    revision,
    file,
    sha256,
    up,
    ...inTransaction(migrate, { revision, file, up, ...rest }, rehearsed),
  }));
  const role = migrate.role === undefined ? {} : { role: migrate.role };
  const command: Pick<Deploy, 'command'> =
    migrate.tool === 'command'
      ? { command: { argv: migrate.command, folder: migrate.workingFolder ?? '.', environment: ['DATABASE_URL', ...Object.keys(migrate.env)] } }
      : {};
  const stamp = rehearsed.stamp === undefined ? {} : { stamp: rehearsed.stamp };
  return deployTranscript({ ...role, ...command, ...stamp, migrations: deployed });
}

function inTransaction(migrate: Settings['migrate'], migration: Omit<Migration, 'sha256'>, { noTransaction }: RehearsedDeploy): { inTransaction: boolean } {
  if (migrate.tool === 'command') return { inTransaction: false };
  return { inTransaction: chooseMode(migration, splitMigration(migration).statements, migrate, noTransaction) === 'wrapped' };
}
