import { extname } from 'node:path/posix';
import type { Failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { refuseFile } from '../refuse-file.ts';

/**
 * node-pg-migrate: every file of the folder, by the time in its name; the name without its extension is the revision, as it is recorded.
 * Names without a time come first and are told apart by their text.
 */
export function readNodePgMigrate(files: readonly MigrationFile[]): LayoutReading {
  const problems: Failure[] = [];
  const named = new Map<string, MigrationFile>();
  const listed: { readonly file: MigrationFile; readonly name: string; readonly timestampMs: number }[] = [];
  for (const file of files) {
    // Types and maps beside compiled files are what teams exclude by --ignore-pattern.
    if (file.path.includes('/') || file.path.startsWith('.') || file.path.endsWith('.d.ts')) continue;
    const name = file.path.slice(0, -extname(file.path).length);
    const same = named.get(name);
    if (same !== undefined)
      problems.push(refuseFile(file, `stands beside ${same.file}: node-pg-migrate would run both under one name`, 'Keep one of the two.'));
    if (file.path.endsWith('.sql') && down.test(file.text) && !up.test(file.text)) {
      problems.push(
        refuseFile(
          file,
          'marks its way down and not its way up: node-pg-migrate would run the way down right after the way up',
          'Put "-- Up Migration" before the way up.',
        ),
      );
    }
    named.set(name, file);
    listed.push({ file, name, timestampMs: timeOfName(name) });
  }
  const migrations = listed
    .toSorted((left, right) => left.timestampMs - right.timestampMs || compareNames(left.file.path, right.file.path))
    .map(({ file, name, timestampMs }) => {
      const same = { revision: name, file: file.file, sha256: file.sha256, timestampMs, late: 'refused' as const };
      return file.path.endsWith('.sql')
        ? { ...same, ...bothWays(file.text) }
        : { ...same, up: file.text, upLine: 1, optsOutOfTransaction: false, language: 'code' as const };
    });
  return { migrations, problems };
}

/**
 * The time by which node-pg-migrate sorts: 13 digits are milliseconds since 1970, 17 are a date to the millisecond in UTC, any other number stands for itself.
 *
 * @example timeOfName('20240304050607890_add_email') // 1709528767890
 */
export function timeOfName(name: string): number {
  const prefix = /^\d*/.exec(name)?.[0] ?? '';
  const date = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(prefix);
  if (date === null) return Number(prefix) || 0;
  const [, year, month, day, hour, minute, second, ms] = date;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`) || 0;
}

function compareNames(left: string, right: string): number {
  return left.localeCompare(right, undefined, { usage: 'sort', numeric: true, sensitivity: 'variant', ignorePunctuation: true });
}

const up = /^\s*--[\s-]*up\s+migration/im;
const down = /^\s*--[\s-]*down\s+migration/im;

/** The two halves of an SQL file, in either order. Without a mark all of it is the way up; so it is with the mark of the way down alone, which is a trap. */
function bothWays(text: string): Pick<Migration, 'up' | 'upLine' | 'down' | 'downLine' | 'optsOutOfTransaction'> {
  const [upAt, downAt] = [up.exec(text)?.index, down.exec(text)?.index];
  const half = (from: number, other: number | undefined) => text.slice(from, other !== undefined && other > from ? other : undefined);
  return {
    up: upAt === undefined ? text : half(upAt, downAt),
    upLine: lineAt(text, upAt ?? 0),
    ...(downAt === undefined ? {} : { down: half(downAt, upAt), downLine: lineAt(text, downAt) }),
    optsOutOfTransaction: false,
  };
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
