import type { RunbookMigration, Settings } from '../../config/schema.ts';
import type { Migration } from '../../core/migration.ts';
import type { MigrationSummary, RunSummary } from '../../core/run-summary.ts';
import type { RunbookOrigin } from './document.ts';

/** All that a runbook is made from. */
export interface RunbookInput {
  readonly settings: Settings;
  readonly title: string;
  /** As it is typed after --config; absent: it is found by itself. */
  readonly configFile?: string;
  /** All of the repo's, in order, with their ways down. */
  readonly migrations: readonly Migration[];
  readonly made: RunbookOrigin;
  /** The run that it takes figures from; absent: none, so that it gives no times. */
  readonly evidence?: RunSummary;
  /** Why what was rehearsed isn't what is here now: a sentence each. */
  readonly stale: readonly string[];
}

/** One migration of the deploy, with all that is known of it. */
export interface DeployedMigration {
  readonly migration: Migration;
  readonly told?: RunbookMigration;
  /** As it was rehearsed; absent where it wasn't, or is another one now. */
  readonly rehearsed?: MigrationSummary;
}

/** The migrations that the runbook is about: those that weren't applied when it was rehearsed, or those that the settings tell of, or all. */
export function deployedMigrations({ settings, migrations, evidence }: RunbookInput): readonly DeployedMigration[] {
  const tellings = settings.runbook.migrations;
  const toldOf = ({ revision, file }: Migration) => tellings.find(({ revision: named }) => named === revision || named === file || file.endsWith(`/${named}`));
  const applied = new Set(evidence?.lineage?.applied ?? []);
  const about = migrations.filter((migration) =>
    evidence?.lineage !== undefined ? !applied.has(migration.revision) : tellings.length === 0 || toldOf(migration) !== undefined,
  );
  return about.map((migration) => {
    const told = toldOf(migration);
    const rehearsed = evidence?.migrations.find(({ revision, sha256 }) => revision === migration.revision && sha256 === migration.sha256);
    return { migration, ...(told && { told }), ...(rehearsed && { rehearsed }) };
  });
}
