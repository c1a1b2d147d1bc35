import { type Failure, failure } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';
import { significantTokens } from '../sql/significant-tokens.ts';
import { newlines, type SqlComment, type SqlStatement, scriptComments, splitStatements } from '../sql/split-statements.ts';

export interface MigrationStatement {
  readonly text: string;
  /** 1-based line of the file. */
  readonly line: number;
}

/**
 * Cuts a migration into statements with their lines in the file, and names everything in it that no migration tool can send to a server:
 * psql's backslash commands, rows after COPY … FROM stdin, and a quote or comment that never ends (`migration-format`).
 */
export function splitMigration(migration: Pick<Migration, 'file' | 'up' | 'upLine'>): {
  readonly statements: readonly MigrationStatement[];
  readonly problems: readonly Failure[];
} {
  const statements: MigrationStatement[] = [];
  const problems: Failure[] = [];
  let end = 0;
  for (const statement of splitStatements(migration.up)) {
    const marked = holdsMark(migration.up, end, statement.start, statement.leadingComments);
    end = statement.start + statement.text.length;
    const line = migration.upLine + statement.line - 1;
    const problem = problemOf(statement, migration.file, line);
    if (problem !== undefined) {
      problems.push(problem);
      // What follows are rows, or the inside of a quote: it would only add nonsense.
      if (statement.meta !== true) break;
    } else statements.push({ text: marked ? `${byteOrderMark}${statement.text}` : statement.text, line });
  }
  // After the last statement, and where there is none, the server would stop at it all the same.
  if (problems.length === 0 && holdsMark(migration.up, end, migration.up.length, scriptComments(migration.up))) {
    statements.push({ text: byteOrderMark, line: migration.upLine + newlines(migration.up.slice(0, migration.up.lastIndexOf(byteOrderMark))) });
  }
  return { statements, problems };
}

const byteOrderMark = '\uFEFF';

/**
 * Whether a byte order mark stands between two statements. It can’t be seen and counts as a blank when files are read, but no server takes it for one: what follows it is
 * sent with it, as the tool sends it.
 */
function holdsMark(sql: string, from: number, to: number, comments: readonly SqlComment[] = []): boolean {
  // A line’s comment goes on to its end, blanks included.
  const endOf = ({ start, text }: SqlComment) => (text.startsWith('--') ? `${sql}\n`.indexOf('\n', start) : start + text.length);
  let at = sql.indexOf(byteOrderMark, from);
  while (at !== -1 && at < to && comments.some((comment) => comment.start < at && at < endOf(comment))) at = sql.indexOf(byteOrderMark, at + 1);
  return at !== -1 && at < to;
}

function problemOf(statement: SqlStatement, file: string, line: number): Failure | undefined {
  const at = { object: file, place: { file, line } };
  if (statement.meta === true) {
    return failure('migration-format', `${file}, line ${line}: ${statement.text.split(/\s/)[0]} is a command of psql, which no server understands`, {
      ...at,
      cure: 'Take the line out, or use migrate.tool "command" with psql itself.',
    });
  }
  if (statement.unterminated !== undefined) {
    return failure('migration-format', `${file}, line ${line}: a ${statement.unterminated.replaceAll('-', ' ')} begins in this statement and never ends`, at);
  }
  if (!copiesFromStdin(statement.text)) return undefined;
  return failure('migration-format', `${file}, line ${line}: COPY … FROM stdin reads rows that only psql can send`, {
    ...at,
    cure: 'Write the rows as INSERT, or use migrate.tool "command" with psql itself.',
  });
}

function copiesFromStdin(statement: string): boolean {
  const [first] = significantTokens(statement, 1);
  if (first?.keyword !== 'COPY') return false;
  const words = significantTokens(statement).map(({ keyword }) => keyword);
  return words.some((word, at) => word === 'FROM' && words[at + 1] === 'STDIN');
}
