import type { Migration } from '../../core/migration.ts';
import type { MigrationStatement } from '../../schema/explain/last-touched.ts';
import { splitStatements } from '../../sql/split-statements.ts';

/** The statements of migrations in the order in which they run, each with its place; nothing of a tool whose migrations are no SQL. */
export function migrationStatements(migrations: readonly Migration[]): readonly MigrationStatement[] {
  return migrations.flatMap(({ revision, file, up, upLine }) =>
    splitStatements(up).map(({ text, line }) => ({ migration: revision, place: { file, line: upLine + line - 1 }, text })),
  );
}
