import { isBlank, nextToken, scan } from './scan.ts';
import { StatementTracker } from './statement-tracker.ts';

export interface SqlComment {
  /** With its marks. */
  readonly text: string;
  /** Offset in the script. */
  readonly start: number;
  /** 1-based. */
  readonly line: number;
}

export interface SqlStatement {
  /** From its first to its last token: no semicolon, no comments around it. */
  readonly text: string;
  /** Offset of `text` in the script, in UTF-16 code units. */
  readonly start: number;
  /** 1-based line of the script at which `text` starts. */
  readonly line: number;
  /** Comments between the statement before and this one. */
  readonly leadingComments?: readonly SqlComment[];
  /** A psql command (`\connect x`) at the start of a line: not SQL, no server understands it. */
  readonly meta?: true;
  /** The script ends inside of this quote or comment: the statement isn't whole. */
  readonly unterminated?: 'string' | 'quoted-identifier' | 'dollar-string' | 'block-comment';
}

/**
 * Cuts a script into its statements as psql does. Stretches that hold only comments are no statement.
 *
 * @example splitStatements("select ';'; select 2").map((s) => s.text) // ["select ';'", 'select 2']
 */
export function splitStatements(sql: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  eachStatement(sql, (statement) => void statements.push(statement));
  return statements;
}

/**
 * The texts alone. A schema of thousands of tables is a script of many megabytes: where each statement stood, and its comments, would be several times that.
 *
 * @example statementTexts('-- one\nselect 1; select 2') // ['select 1', 'select 2']
 */
export function statementTexts(sql: string): readonly string[] {
  const texts: string[] = [];
  eachStatement(sql, ({ text }) => void texts.push(text));
  return texts;
}

function eachStatement(sql: string, take: (statement: SqlStatement) => void): void {
  let tracker = new StatementTracker();
  let first = -1;
  let firstLine = 1;
  let last = 0;
  let line = 1;
  let comments: SqlComment[] = [];
  let unterminated: SqlStatement['unterminated'];

  const finish = (meta: boolean) => {
    if (first !== -1) {
      take({
        text: sql.slice(first, last),
        start: first,
        line: firstLine,
        ...(comments.length > 0 && { leadingComments: comments }),
        ...(meta && { meta: true as const }),
        ...(unterminated !== undefined && { unterminated }),
      });
      // What only stood before a lone semicolon leads the next statement.
      comments = [];
    }
    first = -1;
    tracker = new StatementTracker();
  };
  const begin = (at: number) => {
    if (first !== -1) return;
    first = at;
    firstLine = line;
  };

  for (let at = 0; at < sql.length; ) {
    const token = nextToken(sql, at);
    const text = sql.slice(token.start, token.end);
    at = token.end;
    if (!token.closed) unterminated = token.kind as NonNullable<SqlStatement['unterminated']>;
    if (token.kind === 'backslash' && startsLine(sql, token.start)) {
      finish(false);
      begin(token.start);
      const end = sql.indexOf('\n', at);
      at = end === -1 ? sql.length : end;
      last = token.start + sql.slice(token.start, at).trimEnd().length;
      finish(true);
    } else if (tracker.takes(token.kind, text)) finish(false);
    else if (token.kind === 'line-comment' || (token.kind === 'block-comment' && token.closed)) {
      if (first === -1) comments.push({ text: text.trimEnd(), start: token.start, line });
    } else if (token.kind !== 'space') {
      begin(token.start);
      last = token.end;
    }
    line += newlines(text);
  }
  finish(false);
}

/** Every comment of a script, wherever it stands: marks such as `-- +goose Up` are found among them. */
export function scriptComments(sql: string): readonly SqlComment[] {
  const found: SqlComment[] = [];
  let line = 1;
  for (const token of scan(sql)) {
    if (token.kind !== 'space' && isBlank(token.kind)) found.push({ text: sql.slice(token.start, token.end).trimEnd(), start: token.start, line });
    line += newlines(sql.slice(token.start, token.end));
  }
  return found;
}

/** Whether only white space stands before this offset on its line. */
export function startsLine(text: string, offset: number): boolean {
  for (let at = offset - 1; at >= 0; at--) {
    const code = text.charCodeAt(at);
    if (code === 10) return true;
    if (code !== 32 && code !== 9 && code !== 13 && code !== 0xfeff) return false;
  }
  return true;
}

/** Line breaks in a text. */
export function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
