import { failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { LayoutReading } from '../migration-file.ts';

/** What was read of a tool's folder as the answer of `readHistory`: every problem at once, and a folder without a migration is one. */
export function historyOf({ migrations, problems }: LayoutReading, folder: string, tool: string): Result<readonly Migration[]> {
  const [first] = problems;
  if (problems.length === 1 && first !== undefined) return fail(first);
  if (first !== undefined) {
    return fail(failure('migration-format', `${problems.length} problems with the migrations of ${tool} in ${folder}`, { object: folder, problems }));
  }
  if (migrations.length > 0) return ok(migrations);
  return fail(failure('migration-format', `${folder} holds no migration of ${tool}`, { object: folder, place: { file: folder } }));
}
