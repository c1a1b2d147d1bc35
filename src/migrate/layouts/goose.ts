import { type Failure, failure } from '../../core/failure.ts';
import type { LayoutReader, MigrationFile } from '../migration-file.ts';
import { textAsSent } from '../tools/text-as-sent.ts';
import { hasNoTransactionMark } from '../transaction-mark.ts';
import { readVersion } from '../version.ts';
import { splitGoose } from './goose-marks.ts';
import { inVersionOrder, type VersionedMigration } from './in-version-order.ts';

/**
 * goose: `NNN_name.sql` with `-- +goose Up`, `-- +goose Down`, `StatementBegin`/`StatementEnd` and `NO TRANSACTION`.
 * A migration written in Go is refused by name, since only goose itself can run it.
 */
export const readGoose: LayoutReader = (files) => {
  const problems: Failure[] = [];
  const versioned: VersionedMigration[] = [];
  for (const file of files) {
    if (file.path.includes('/')) continue;
    const version = readVersion(file.path.replace(/\.(sql|go)$/, ''));
    if (file.path.endsWith('.go') && version !== undefined && !file.path.endsWith('_test.go')) {
      problems.push(refuse(file, 'is a migration written in Go', 'Use migrate.tool "command" with the program that runs your Go migrations.'));
    }
    if (!file.path.endsWith('.sql')) continue;
    if (version === undefined) {
      problems.push(refuse(file, 'does not start with a number, so its place in the order is unknown', 'Name it NNN_name.sql.'));
      continue;
    }
    const parts = splitGoose(textAsSent(file));
    if ('problem' in parts) {
      problems.push(refuse(file, parts.problem, 'Correct the goose marks, or set another migrate.layout.', parts.line));
      continue;
    }
    versioned.push({
      version,
      migration: {
        revision: file.path.slice(0, -'.sql'.length),
        file: file.file,
        sha256: file.sha256,
        up: parts.up,
        upLine: parts.upLine,
        ...(parts.down === undefined ? {} : { down: parts.down, downFile: file.file, downLine: parts.downLine ?? 1 }),
        optsOutOfTransaction: parts.noTransaction || hasNoTransactionMark(file.text),
      },
    });
  }
  const ordered = inVersionOrder(versioned);
  return { migrations: ordered.migrations, problems: [...problems, ...ordered.problems] };
};

function refuse(file: MigrationFile, what: string, cure: string, line?: number): Failure {
  return failure('migration-format', `${file.file} ${what}`, { object: file.file, place: { file: file.file, ...(line === undefined ? {} : { line }) }, cure });
}
