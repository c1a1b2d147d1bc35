import type { Failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import { splitGoose } from '../../layouts/goose-marks.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { inNumberOrder, int64, type Numbered } from '../numbered-versions.ts';
import { refuseFile } from '../refuse-file.ts';
import { textAsSent } from '../text-as-sent.ts';
import { checkSplitting, type GooseLine } from './check-splitting.ts';

export interface GooseWays {
  /** goose itself runs them, so that nothing has to be understood. */
  readonly byTool: boolean;
  /** `-allow-missing`. */
  readonly allowMissing: boolean;
}

/**
 * `<version>_<name>.sql` and `.go` of one folder, by version. Other names goose leaves out, and so do we: a version is a whole number above zero before the first
 * underscore. Two files with one version are refused, also if one of them is Go.
 * From provider_collect.go, numericComponent and internal/sqlparser of goose v3.
 */
export function readGoose(files: readonly MigrationFile[], { byTool, allowMissing }: GooseWays): LayoutReading {
  const problems: Failure[] = [];
  const numbered: Numbered[] = [];
  for (const file of files) {
    const version = versionOf(file.path);
    if (version === undefined) continue;
    const late = allowMissing ? 'applied' : 'refused';
    const same = { revision: file.path.replace(/\.(sql|go)$/, ''), file: file.file, sha256: file.sha256, late } as const;
    const asItIs = { ...same, up: file.text, upLine: 1, optsOutOfTransaction: false } as const;
    if (file.path.endsWith('.go')) numbered.push({ version, migration: { ...asItIs, language: 'code' } });
    else if (byTool) numbered.push({ version, migration: asItIs });
    else {
      const read = readSql(file);
      if ('code' in read) problems.push(read);
      else numbered.push({ version, migration: { ...same, ...read } });
    }
  }
  const ordered = inNumberOrder(numbered, 'goose refuses to run');
  return { migrations: ordered.migrations, problems: [...problems, ...ordered.problems] };
}

function versionOf(path: string): bigint | undefined {
  const found = /^([^_]*)_.*\.(?:sql|go)$/.exec(path);
  if (found === null || path.includes('/') || path.endsWith('_test.go')) return undefined;
  const version = int64(found[1] ?? '');
  return version !== undefined && version > 0n ? version : undefined;
}

function readSql(file: MigrationFile): Pick<Migration, 'up' | 'upLine' | 'down' | 'downFile' | 'downLine' | 'optsOutOfTransaction' | 'sentAs'> | Failure {
  const indented = file.text.split('\n').findIndex((line) => /^\s+--\s*\+goose\s/i.test(line));
  if (indented !== -1)
    return refuseFile(file, 'has a mark with blanks before it, which goose takes for a plain comment', 'Begin the line with the mark.', indented + 1);
  const parts = splitGoose(textAsSent(file));
  if ('problem' in parts) {
    const cure = /envsub/i.test(parts.problem)
      ? 'What the variables hold in production can’t be known here: set migrate.run to "tool" and migrate.env to their values.'
      : 'Correct the goose marks.';
    return refuseFile(file, parts.problem, cure, parts.line);
  }
  for (const [from, length] of [
    [parts.upLine, parts.up],
    [parts.downLine, parts.down],
  ] as const) {
    if (from === undefined || length === undefined) continue;
    const wrong = checkSplitting(linesOf(file.text, from, length.split('\n').length));
    if (wrong !== undefined)
      return refuseFile(file, wrong.problem, 'Put StatementBegin and StatementEnd around the statement, and a semicolon at its end.', from + wrong.at);
  }
  return {
    up: parts.up,
    upLine: parts.upLine,
    ...(parts.down === undefined ? {} : { down: parts.down, downFile: file.file, downLine: parts.downLine ?? 1 }),
    ...(parts.noTransaction ? { optsOutOfTransaction: true } : { optsOutOfTransaction: false, sentAs: 'transaction' }),
  };
}

/** The lines of one direction with what goose makes of each. */
function linesOf(text: string, from: number, count: number): readonly GooseLine[] {
  let inside = false;
  return text
    .split('\n')
    .slice(from - 1, from - 1 + count)
    .map((line): GooseLine => {
      const bare = line.replace(/\r$/, '');
      const mark = /^--\s*\+goose\s+(\w+)/i.exec(bare)?.[1]?.toLowerCase();
      if (mark === 'statementbegin') inside = true;
      if (mark !== 'statementend') return { text: bare, kind: mark === undefined ? (inside ? 'inside' : 'sql') : 'mark' };
      inside = false;
      return { text: bare, kind: 'end' };
    });
}
