import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { wayDown } from '../../migrate/way-down.ts';
import { entryFor, runbookProblems } from './plan-steps.ts';

/**
 * The migrations, with the runbook's rollback scripts as ways down where their layout has none. Fails with `config-invalid` where the runbook names a migration
 * that isn't there, a script that can't be read, or a second way down for one that has its own.
 */
export async function withRunbookWaysDown(
  settings: Pick<Settings, 'runbook'>,
  folder: string,
  migrations: readonly Migration[],
): Promise<Result<readonly Migration[]>> {
  const problems: Failure[] = [...runbookProblems(settings, migrations)];
  const scripts = new Map<Migration, { readonly down: string; readonly downFile: string }>();
  for (const [index, told] of settings.runbook.migrations.entries()) {
    const migration = entryFor(migrations, told);
    if (told.rollback === undefined || migration === undefined) continue;
    const object = `runbook.migrations[${index}].rollback`;
    if (wayDown(migration) !== undefined) {
      const cure = 'Leave it out: the rollback phase rehearses the migration’s own way down.';
      problems.push(
        failure('config-invalid', `${object}: ${migration.revision} has a way down already, ${migration.downFile ?? migration.file}.`, { object, cure }),
      );
      continue;
    }
    const down = await readFile(join(folder, told.rollback), 'utf8').catch((error: NodeJS.ErrnoException) => error);
    if (typeof down === 'string') scripts.set(migration, { down, downFile: told.rollback });
    else
      problems.push(failure('config-invalid', `${object}: ${told.rollback} can’t be read: ${down.code}.`, { object, cure: 'Write it, or name another file.' }));
  }
  const [first] = problems;
  if (first !== undefined) return fail(problems.length === 1 ? first : failure('config-invalid', `${problems.length} errors in runbook`, { problems }));
  return ok(migrations.map((migration) => ({ ...migration, ...scripts.get(migration) })));
}
