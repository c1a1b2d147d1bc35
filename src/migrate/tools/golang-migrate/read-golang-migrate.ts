import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { inNumberOrder, type Numbered } from '../numbered-versions.ts';
import { refuseFile } from '../refuse-file.ts';
import { textAsSent } from '../text-as-sent.ts';

interface Halves {
  readonly version: bigint;
  up?: MigrationFile;
  down?: MigrationFile;
}

/** What golang-migrate takes for a migration; any other name it passes over. */
export const golangMigrateName = /^(\d+)_.*\.(down|up)\.[^/]*$/;

/**
 * `<version>_<title>.up.<ending>` and `.down.<ending>` of one folder, by version; the halves find each other by version. A version may have only one half: going up,
 * one without a way up changes nothing but the version. Two files for one way of a version are refused.
 * From source/parse.go, source/migration.go and database/postgres/postgres.go of golang-migrate v4.
 *
 * @param multiStatement `x-multi-statement=true`: each statement by itself, without a transaction; otherwise a file is one query
 */
export function readGolangMigrate(files: readonly MigrationFile[], { multiStatement = false }: { readonly multiStatement?: boolean } = {}): LayoutReading {
  const byVersion = new Map<bigint, Halves>();
  const problems = files.flatMap((file) => {
    const [, digits, way] = golangMigrateName.exec(file.path) ?? [];
    if (digits === undefined || way === undefined || BigInt(digits) >= 2n ** 64n) return [];
    const version = BigInt(digits);
    const halves = byVersion.get(version) ?? { version };
    byVersion.set(version, halves);
    const there = way === 'up' ? halves.up : halves.down;
    if (there !== undefined)
      return [
        refuseFile(
          file,
          `is a second way ${way} of version ${version} beside ${there.file}: golang-migrate refuses to start`,
          'Give one of the two another number.',
        ),
      ];
    if (way === 'up') halves.up = file;
    else halves.down = file;
    return [];
  });
  const numbered = [...byVersion.values()].flatMap(({ version, up, down }): Numbered[] => {
    const named = up ?? down;
    if (named === undefined) return [];
    const migration = {
      revision: named.path.replace(/\.(up|down)\..*$/, ''),
      file: named.file,
      sha256: named.sha256,
      up: up === undefined ? '' : textAsSent(up),
      upLine: 1,
      ...(down === undefined ? {} : { down: textAsSent(down), downFile: down.file }),
      ...(multiStatement
        ? ({ optsOutOfTransaction: true, downSentAs: 'statements' } as const)
        : ({ optsOutOfTransaction: false, sentAs: 'one-query' } as const)),
    };
    return [{ version, migration }];
  });
  return { migrations: inNumberOrder(numbered, '').migrations, problems };
}
