import { type Failure, failure } from '../../core/failure.ts';
import type { MigrationFile } from '../migration-file.ts';

/** A file that the tool would stop at, or that can’t be followed: what is wrong with it, in words that follow its name. */
export function refuseFile({ file }: Pick<MigrationFile, 'file'>, what: string, cure: string, line?: number): Failure {
  return failure('migration-format', `${file} ${what}`, { object: file, place: { file, ...(line === undefined ? {} : { line }) }, cure });
}
