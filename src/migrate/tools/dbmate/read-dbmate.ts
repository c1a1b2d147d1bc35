import type { Failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { refuseFile } from '../refuse-file.ts';
import { textAsSent } from '../text-as-sent.ts';

const upMark = /^--\s*migrate:up(\s*$|\s+\S+)/gm;
const downMark = /^--\s*migrate:down(\s*$|\s+\S+)/m;

/**
 * `<digits>….sql` of one folder, sorted by file name as text: so does dbmate, for which `10_x` comes before `9_y`. The version is the digits, as they are written.
 * From pkg/dbmate/migration.go and db.go of dbmate 2.
 *
 * @param strict `--strict`: refuses what is older than the newest applied one
 */
export function readDbmate(
  files: readonly MigrationFile[],
  { byTool = false, strict = false }: { readonly byTool?: boolean; readonly strict?: boolean } = {},
): LayoutReading {
  const problems: Failure[] = [];
  const migrations: Migration[] = [];
  const versions = new Map<string, MigrationFile>();
  for (const file of files.filter(({ path }) => /^\d+[^/]*\.sql$/.test(path)).toSorted((left, right) => (left.path < right.path ? -1 : 1))) {
    const version = dbmateVersion(file.path);
    const before = versions.get(version);
    versions.set(version, file);
    if (before !== undefined)
      problems.push(
        refuseFile(file, `has the version of ${before.file}: dbmate runs both, and fails when it records the second`, 'Give one of the two another number.'),
      );
    const ways = byTool ? { up: file.text, upLine: 1, optsOutOfTransaction: false } : bothWays(file);
    if ('code' in ways) problems.push(ways);
    else migrations.push({ revision: file.path.slice(0, -'.sql'.length), file: file.file, sha256: file.sha256, late: strict ? 'refused' : 'applied', ...ways });
  }
  return { migrations, problems };
}

/** What dbmate records. */
export function dbmateVersion(revision: string): string {
  return /^\d+/.exec(revision)?.[0] ?? revision;
}

type Ways = Pick<Migration, 'up' | 'upLine' | 'down' | 'downFile' | 'downLine' | 'optsOutOfTransaction' | 'sentAs' | 'downSentAs' | 'stops'>;

function bothWays(file: MigrationFile): Ways | Failure {
  const text = textAsSent(file);
  const [up, second] = [...text.matchAll(upMark)].map(({ index }) => index);
  if (up === undefined) return refuseFile(file, 'has no line "-- migrate:up": dbmate stops at it', 'Add the line before the first statement.', 1);
  if (second !== undefined) {
    return refuseFile(
      file,
      'has the mark "-- migrate:up" twice, which only some versions of dbmate know',
      'Split the file, or set migrate.run to "tool".',
      lineAt(text, second),
    );
  }
  const down = downMark.exec(text)?.index;
  if (down !== undefined && down < up)
    return refuseFile(file, 'has "-- migrate:down" before "-- migrate:up": dbmate stops at it', 'Put the way up first.', lineAt(text, down));
  const early = text
    .slice(0, up)
    .split('\n')
    .findIndex((line) => !/^\s*(--.*)?$/.test(line));
  if (early !== -1) return refuseFile(file, 'has SQL before the line "-- migrate:up": dbmate stops at it', 'Move it below the line.', early + 1);
  const upText = text.slice(up, down);
  const downText = down === undefined ? undefined : text.slice(down);
  return {
    up: upText,
    upLine: lineAt(text, up),
    ...(downText === undefined || down === undefined
      ? {}
      : { down: downText, downFile: file.file, downLine: lineAt(text, down), downSentAs: sentAs(downText) }),
    optsOutOfTransaction: false,
    sentAs: sentAs(upText),
    ...(down === undefined ? { stops: withoutDown(file) } : {}),
  };
}

function withoutDown({ file }: MigrationFile): NonNullable<Migration['stops']> {
  return {
    message: `dbmate would stop at ${file}: since version 2 a file needs the line "-- migrate:down".`,
    cure: 'Add the line, also if nothing follows it.',
  };
}

/** The block is one query, in a transaction unless its first line says `transaction:false`; then the server makes several statements one transaction all the same. */
function sentAs(block: string): 'transaction' | 'one-query' {
  const [first = ''] = block.split('\n', 1);
  return /\stransaction:false(\s|$)/.test(first) ? 'one-query' : 'transaction';
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
