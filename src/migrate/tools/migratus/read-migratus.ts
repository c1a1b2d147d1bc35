import type { Failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { refuseFile } from '../refuse-file.ts';
import { textAsSent } from '../text-as-sent.ts';

const named = /^(\d+)-([^.]+)((?:\.[^.]+)+)$/;
const supported = /\.(sql|edn)$/;

interface Parts {
  readonly name: string;
  up?: MigrationFile;
  down?: MigrationFile;
  code?: MigrationFile;
  readonly first: MigrationFile;
}

/**
 * migratus: `<id>-<name>.up.sql` with `.down.sql`, or `<id>-<name>.edn`, which names Clojure functions; sorted by id as a number, which
 * migratus records; id and name are the revision. What isn't named so migratus leaves out with a warning in a log: here it is a problem, besides `init.sql`.
 */
export function readMigratus(files: readonly MigrationFile[], exclude: readonly string[] = ['init.sql']): LayoutReading {
  const problems: Failure[] = [];
  const byId = new Map<string, Parts>();
  for (const file of files) {
    const base = file.path.split('/').at(-1) ?? file.path;
    if (!supported.test(base) || exclude.includes(base)) continue;
    const [, id, name, endings] = named.exec(base) ?? [];
    if (id === undefined || name === undefined || endings === undefined || !['.up.sql', '.down.sql', '.edn'].includes(endings)) {
      problems.push(
        refuseFile(file, 'is not named as migratus wants it, so it would be left out', 'Name it <id>-<name>.up.sql, .down.sql or .edn, or exclude it.'),
      );
      continue;
    }
    if (BigInt(id) > 9223372036854775807n) {
      problems.push(refuseFile(file, `has an id that is too large`, 'An id is at most 9223372036854775807.'));
      continue;
    }
    // Two spellings of one number, such as 007 and 7, are one row of the ledger.
    const key = BigInt(id).toString();
    const parts = byId.get(key) ?? { name, first: file };
    byId.set(key, parts);
    if (parts.name !== name) problems.push(refuseFile(file, `has the id of ${parts.first.file}: migratus refuses both`, 'Give one of the two another id.'));
    else if (endings === '.edn') parts.code = file;
    else parts[endings === '.up.sql' ? 'up' : 'down'] = file;
  }
  const migrations: Migration[] = [];
  for (const [, parts] of [...byId].toSorted(([left], [right]) => (BigInt(left) < BigInt(right) ? -1 : 1))) {
    const { up, down, code, first } = parts;
    const base = first.path.split('/').at(-1) ?? first.path;
    const revision = base.slice(0, base.indexOf('.'));
    const way = up ?? code;
    if (code !== undefined && (up ?? down) !== undefined) {
      problems.push(refuseFile(code, `stands beside ${(up ?? down)?.file}: migratus refuses a migration of two kinds`, 'Keep one of the two.'));
    } else if (way === undefined)
      problems.push(refuseFile(first, 'has no way up beside it', 'Add the .up.sql, or remove the file: migratus stops when it comes to it.'));
    else {
      const { file, sha256, text } = way;
      const optsOut = code === undefined ? /^\s*--\s*:disable-transaction\b/.test(text) : /:transaction\?\s+false\b/.test(text);
      migrations.push({
        ...{ revision, file, sha256, up: textAsSent(way), upLine: 1, optsOutOfTransaction: optsOut, sentAs: 'transaction', late: 'applied' },
        ...(code === undefined ? {} : { language: 'code' as const }),
        ...(down === undefined ? {} : { down: textAsSent(down), downFile: down.file }),
      });
    }
  }
  return { migrations, problems };
}

/**
 * The number in front, as migratus records it: without leading zeroes.
 *
 * @example idOf('20240304050607-add-email') // '20240304050607'
 */
export function idOf(revision: string): string {
  const digits = /^\d+/.exec(revision)?.[0];
  return digits === undefined ? revision : BigInt(digits).toString();
}
