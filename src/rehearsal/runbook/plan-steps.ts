import type { RunbookMigration, Settings } from '../../config/schema.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';

/** What the runbook says of a migration, and the migration. */
export interface RunbookEntry {
  readonly told: RunbookMigration;
  readonly migration: Migration;
}

/** The migration that a runbook's entry means: by its revision, its file, or the file's name. */
export function entryFor(migrations: readonly Migration[], told: RunbookMigration): Migration | undefined {
  const { revision: named } = told;
  return migrations.find(({ revision }) => revision === named) ?? migrations.find(({ file }) => file === named || file.endsWith(`/${named}`));
}

/** The runbook's entries in the order of the migrations, for those that are in `among`. */
export function entriesOf({ runbook }: Pick<Settings, 'runbook'>, among: readonly Migration[]): readonly RunbookEntry[] {
  const entries = runbook.migrations.flatMap((told) => {
    const migration = entryFor(among, told);
    return migration === undefined ? [] : [{ told, migration }];
  });
  return entries.toSorted((left, right) => among.indexOf(left.migration) - among.indexOf(right.migration));
}

/** Entries that no migration of the repo stands for, and migrations with two: a check that is never asked would be a pass that nobody earned. */
export function runbookProblems({ runbook }: Pick<Settings, 'runbook'>, migrations: readonly Migration[]): readonly Failure[] {
  const seen = new Map<Migration, string>();
  return runbook.migrations.flatMap((told, index) => {
    const object = `runbook.migrations[${index}].revision`;
    const migration = entryFor(migrations, told);
    if (migration === undefined) {
      const newest = migrations.slice(-3).map(({ revision }) => revision);
      const cure = newest.length === 0 ? 'Set migrate.folder, so that migrations are known by name.' : `The newest migrations are ${newest.join(', ')}.`;
      return [failure('config-invalid', `${object} names ${told.revision}, which is no migration of the repo.`, { object, cure })];
    }
    const other = seen.get(migration);
    seen.set(migration, told.revision);
    if (other === undefined) return [];
    return [failure('config-invalid', `${object} names ${migration.revision}, as ${other} does already.`, { object, cure: 'Make one entry of both.' })];
  });
}
