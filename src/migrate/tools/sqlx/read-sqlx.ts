import { createHash } from 'node:crypto';
import type { Failure } from '../../../core/failure.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { inNumberOrder, int64, type Numbered } from '../numbered-versions.ts';
import { refuseFile } from '../refuse-file.ts';
import { textAsSent } from '../text-as-sent.ts';

/**
 * `<version>_<description>.sql`, or `.up.sql` with `.down.sql`, of one folder, by version; ways up and down find each other by version, not by name.
 * A file without an underscore, or that isn’t `.sql`, is left out; a version that is no number makes sqlx stop.
 * From resolve_blocking_with_config in sqlx-core/src/migrate/source.rs of sqlx 0.8 and 0.9.
 *
 * @param ignored characters that are left out of the checksum: `ignored-chars` in sqlx.toml
 */
export function readSqlx(files: readonly MigrationFile[], ignored: readonly string[] = []): LayoutReading {
  const problems: Failure[] = [];
  const ups: { version: bigint; file: MigrationFile }[] = [];
  const downs = new Map<bigint, MigrationFile>();
  for (const file of files) {
    const cut = file.path.indexOf('_');
    if (file.path.includes('/') || cut === -1 || !file.path.endsWith('.sql')) continue;
    const version = int64(file.path.slice(0, cut));
    if (version === undefined) {
      problems.push(
        refuseFile(
          file,
          'does not begin with a whole number before its first underscore: sqlx stops at it',
          'Name it <version>_<description>.sql, or move it away.',
        ),
      );
    } else if (file.path.endsWith('.down.sql')) downs.set(version, file);
    else ups.push({ version, file });
  }
  const numbered = ups.map(({ version, file }): Numbered => {
    const up = textAsSent(file);
    const down = downs.get(version);
    return {
      version,
      migration: {
        revision: file.path.replace(/(\.up)?\.sql$/, ''),
        file: file.file,
        sha256: file.sha256,
        up,
        upLine: 1,
        ...(down === undefined ? {} : { down: textAsSent(down), downFile: down.file, downSentAs: sentAs(textAsSent(down)) }),
        optsOutOfTransaction: false,
        sentAs: sentAs(up),
        checksum: checksumOf(up, ignored),
        // Whatever the ledger lacks is applied, in order; nothing is compared with the newest one.
        late: 'applied',
      },
    };
  });
  for (const [version, down] of downs) {
    if (ups.every((up) => up.version !== version))
      problems.push(refuseFile(down, 'has no way up with the same version', 'Add the .up.sql, or remove the file.'));
  }
  const ordered = inNumberOrder(numbered, 'sqlx runs both, and fails when it records the second');
  return { migrations: ordered.migrations, problems: [...problems, ...ordered.problems] };
}

/** sqlx looks for the mark at the first byte of the file. Without it the file is one query inside of a transaction, with it one query without. */
function sentAs(text: string): 'transaction' | 'one-query' {
  return text.startsWith('-- no-transaction') ? 'one-query' : 'transaction';
}

/** SHA-384 of the text, in hexadecimal. */
export function checksumOf(text: string, ignored: readonly string[] = []): string {
  const kept = ignored.reduce((rest, character) => rest.replaceAll(character, ''), text);
  return createHash('sha384').update(kept).digest('hex');
}
