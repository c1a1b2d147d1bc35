/** The two directions of one goose file. Lines of marks are left blank, so that line numbers stay those of the file. */
export interface GooseParts {
  readonly up: string;
  /** 1-based line of the file at which `up` starts. */
  readonly upLine: number;
  readonly down?: string;
  /** As `upLine`, of `down`. */
  readonly downLine?: number;
  readonly noTransaction: boolean;
}

const markLine = /^--\s*\+goose\s+(.*?)\s*$/i;

/**
 * Splits a file at goose's marks; on a file that goose would refuse, says why and at which 1-based line.
 * StatementBegin and StatementEnd are checked to be paired and otherwise not needed: statements are split by Postgres's own lexical rules.
 */
export function splitGoose(text: string): GooseParts | { readonly problem: string; readonly line: number } {
  if (text.startsWith('\uFEFF')) return { problem: 'begins with a byte order mark, at which goose stops', line: 1 };
  const up: string[] = [];
  const down: string[] = [];
  let part: string[] | undefined;
  let upLine: number | undefined;
  let downLine: number | undefined;
  let noTransaction = false;
  let blockLine: number | undefined;
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const mark = markLine.exec(line.trim())?.[1]?.toLowerCase().replace(/\s+/g, ' ');
    if (mark === undefined) {
      const blank = line.trim() === '' || line.trim().startsWith('--');
      if (part === undefined && !blank) return { problem: 'has SQL before the mark "-- +goose Up"', line: at + 1 };
      part?.push(line);
      continue;
    }
    if (mark === 'up') {
      if (upLine !== undefined) return { problem: 'has the mark "-- +goose Up" twice', line: at + 1 };
      // goose requires Up before Down.
      if (downLine !== undefined) return { problem: 'has the mark "-- +goose Down" before "-- +goose Up"', line: at + 1 };
      upLine = at + 2;
      part = up;
    } else if (mark === 'down') {
      if (downLine !== undefined) return { problem: 'has the mark "-- +goose Down" twice', line: at + 1 };
      if (blockLine !== undefined) return { problem: 'has a StatementBegin without StatementEnd', line: blockLine };
      downLine = at + 2;
      part = down;
    } else if (mark === 'statementbegin') {
      if (blockLine !== undefined) return { problem: 'has a StatementBegin inside of another', line: at + 1 };
      blockLine = at + 1;
      part?.push('');
    } else if (mark === 'statementend') {
      if (blockLine === undefined) return { problem: 'has a StatementEnd without StatementBegin', line: at + 1 };
      blockLine = undefined;
      part?.push('');
    } else if (mark === 'no transaction') {
      noTransaction = true;
      part?.push('');
    } else {
      // ENVSUB replaces text by variables of the environment: what would run in production can't be read from the file.
      return { problem: `has the mark "-- +goose ${mark}", which is not supported`, line: at + 1 };
    }
  }
  if (blockLine !== undefined) return { problem: 'has a StatementBegin without StatementEnd', line: blockLine };
  if (upLine === undefined) return { problem: 'has no mark "-- +goose Up"', line: 1 };
  return { up: up.join('\n'), upLine, ...(downLine === undefined ? {} : { down: down.join('\n'), downLine }), noTransaction };
}
