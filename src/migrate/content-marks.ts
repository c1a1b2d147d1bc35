import { type Failure, failure } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { identifierOf, qualifiedName, quoteIdentifier } from '../sql/quote.ts';
import { nextToken, scan } from '../sql/scan.ts';
import { newlines } from '../sql/split-statements.ts';

/** What a migration says of itself: the values of these columns may change or go. */
export interface DeclaredChange {
  /** As SQL writes it, with its schema where that was written. */
  readonly table: string;
  /** All of the table unless given. */
  readonly columns?: string[];
  readonly reason: string;
  /** Where it stands: `migrations/0002_tidy.sql:3`. */
  readonly by: string;
}

const beginning = /^pgrehearse:/i;
/** As long as a reason in the configuration has to be. */
const shortestReason = 10;

/**
 * Reads the comments by which migrations declare what they do to values, `-- pgrehearse: changes public.users(email): reason`. Only comments count, wherever
 * they stand; what looks like one inside of a string or a function's body is none. Fails with `migration-mark-malformed`, naming every place.
 */
export function readContentMarks(migrations: readonly Migration[]): Result<readonly DeclaredChange[]> {
  const declared: DeclaredChange[] = [];
  const problems: Failure[] = [];
  for (const { up, upLine, file } of migrations) {
    for (const token of scan(up)) {
      const text = commentText(token.kind, up.slice(token.start, token.end));
      if (text === undefined || !beginning.test(text)) continue;
      const read = readMark(text.replace(beginning, '').trim());
      const line = upLine + newlines(up.slice(0, token.start));
      if (read === 'another') continue;
      if (typeof read === 'string') problems.push(malformed(`${read}: ${text}`, file, line));
      else declared.push({ ...read, by: `${file}:${line}` });
    }
  }
  const [first] = problems;
  if (first === undefined) return ok(declared);
  return fail(problems.length === 1 ? first : failure('migration-mark-malformed', `${problems.length} marks in migrations can’t be read.`, { problems }));
}

function commentText(kind: string, text: string): string | undefined {
  if (kind === 'line-comment') return text.slice(2).trim();
  return kind === 'block-comment' ? text.slice(2, text.endsWith('*/') ? -2 : undefined).trim() : undefined;
}

/** The declaration, why it is none, or `another` for marks that mean something else. */
function readMark(text: string): Omit<DeclaredChange, 'by'> | string {
  const [verb = ''] = text.split(/\s/, 1);
  if (verb.toLowerCase() === 'no-transaction') return 'another';
  if (verb !== 'changes') return `"${verb}" is not something that a mark can say`;
  const reader = new MarkReader(text.slice(verb.length));
  const table = reader.qualifiedName();
  if (table === undefined) return 'the name of a table is missing';
  const columns = reader.take('(') ? reader.names() : [];
  if (columns === undefined) return 'the list of columns can’t be read';
  if (!reader.take(':')) return 'a colon and the reason are missing';
  const reason = reader.rest();
  if (reason.length < shortestReason) return `the reason is shorter than ${shortestReason} characters`;
  return { table, reason, ...(columns.length > 0 && { columns }) };
}

/** Reads names as Postgres does, and stops where the reason begins, which is no SQL. */
class MarkReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #peek() {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#at < this.#text.length ? nextToken(this.#text, this.#at) : undefined;
  }

  take(symbol: string): boolean {
    const token = this.#peek();
    if (token === undefined || this.#text.slice(token.start, token.end) !== symbol) return false;
    this.#at = token.end;
    return true;
  }

  name(): string | undefined {
    const token = this.#peek();
    const name = token === undefined ? undefined : identifierOf(this.#text, token);
    if (token !== undefined && name !== undefined) this.#at = token.end;
    return name;
  }

  qualifiedName(): string | undefined {
    const first = this.name();
    if (first === undefined || !this.take('.')) return first === undefined ? undefined : quoteIdentifier(first);
    const second = this.name();
    return second === undefined ? undefined : qualifiedName(first, second);
  }

  names(): string[] | undefined {
    const found: string[] = [];
    do {
      const name = this.name();
      if (name === undefined) return undefined;
      found.push(name);
    } while (this.take(','));
    return this.take(')') ? found : undefined;
  }

  rest(): string {
    return this.#text.slice(this.#at).trim();
  }
}

function malformed(message: string, file: string, line: number): Failure {
  return failure('migration-mark-malformed', `${file}:${line}: ${message}`, { object: file, place: { file, line } });
}
