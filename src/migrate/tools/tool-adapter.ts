import type { Failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import type { MigrationToolName } from '../../core/migration-tool.ts';
import type { Session } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { LedgerTable } from '../ledger-table.ts';
import type { MigrateSettings } from '../migrate-settings.ts';
import type { LedgerRow } from '../read-ledger.ts';

/**
 * What is known of one migration tool: how its files are ordered, what its ledger means, by which commands it works.
 * Whatever an adapter leaves out is done as for a tool that nobody knows. `toolDefaults` in the configuration holds how the tool is started.
 */
export interface ToolAdapter {
  readonly name: MigrationToolName;
  /**
   * Reads every migration of the repo, in the order in which the tool applies them, each with the SHA-256 of its bytes, and its parents where
   * the history is a graph. Nothing is run. Every problem is told at once.
   *
   * Fails with `migration-folder-missing` and `migration-format`; several heads are no failure here.
   *
   * @param projectFolder absolute path to which `settings.folder` is relative
   */
  readHistory(projectFolder: string, settings: MigrateSettings): Promise<Result<readonly Migration[]>>;
  /** Tables beside the ledger itself that the tool writes when it records or forgets a revision, as schema.table or table. */
  readonly sideTables?: readonly string[];
  /** Reads the ledger's rows where the columns alone don't tell what they mean; `value` is then a revision of `readHistory`, if the repo has it. Throws SqlError. */
  readLedger?(session: Session, ledger: LedgerTable, migrations: readonly Migration[]): Promise<readonly LedgerRow[]>;
  /** Whether a row's checksum shows that the file is another one than the tool applied; undefined where it can't be known. */
  wasEdited?(migration: Migration, row: LedgerRow): boolean | undefined;
  /** Pending migrations that the tool would pass over in silence, such as those that are older than the last applied one. */
  skips?(migrations: readonly Migration[], applied: ReadonlySet<string>): readonly string[];
  /** What the tool itself would stop at before it applies anything: a lock that is held, a missing file, an order that it refuses. */
  refusals?(
    session: Session,
    ledger: LedgerTable,
    migrations: readonly Migration[],
    rows: readonly LedgerRow[],
    settings: MigrateSettings,
  ): Promise<readonly Failure[]>;
  /** The row that the tool would write for a migration that we run ourselves, by column; where the columns alone don't tell. */
  ledgerValues?(migration: Migration, migrations: readonly Migration[]): Readonly<Record<string, unknown>>;
  /** SQL that makes the ledger, and what belongs to it, as the tool does when it is first used; for tools without a stamp of their own. */
  ledgerDdl?(ledger: Pick<LedgerTable, 'schema' | 'name' | 'sqlName'>): string;
  commands(settings: MigrateSettings): ToolCommands;
}

/**
 * Programs and arguments, started without a shell, with the environment of `commandEnvironment`. Absent: the tool can't do that.
 *
 * @example adapter.commands(settings).stamp?.('0019') // ['alembic', 'stamp', '0019']
 */
export interface ToolCommands {
  /** Applies everything that is pending. */
  readonly up: readonly string[];
  /** Applies what is pending up to a revision, and that one too. */
  upTo?(revision: string): readonly string[];
  /** Applies one pending revision, wherever it stands, and leaves the others alone. */
  upOne?(revision: string): readonly string[];
  /** Records one revision as applied, and runs nothing. */
  stampOne?(revision: string): readonly string[];
  /** Takes one revision back, wherever it stands. */
  downOne?(revision: string): readonly string[];
  /** Records that everything up to a revision is applied, and runs nothing. */
  stamp?(revision: string): readonly string[];
  /** Takes back what came after a revision; `undefined`: all of it. */
  downTo?(revision: string | undefined): readonly string[];
  /** Says what is applied, for people. */
  readonly current?: readonly string[];
  /** Says which revisions nothing follows. Needs no database. */
  readonly heads?: readonly string[];
  /** Tells the whole history. Needs no database. */
  readonly history?: readonly string[];
  /** Says which version of the tool this is, with its number in what it prints. Needs no database. */
  readonly version?: readonly string[];
}
