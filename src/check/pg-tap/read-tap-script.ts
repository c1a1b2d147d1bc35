import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { significantTokens } from '../../sql/significant-tokens.ts';
import { type SqlStatement, splitStatements } from '../../sql/split-statements.ts';
import { transactionVerb } from '../../sql/transaction-verb.ts';

/** A test file’s statements in order, or why they can’t be run in a transaction that is rolled back: a clause. */
export type TapScript = { readonly statements: readonly TapStatement[] } | { readonly why: string };

export interface TapStatement {
  readonly text: string;
  /** `test/shop.sql:12` */
  readonly at: string;
  /** The file undoes what it did, and may begin anew. */
  readonly rollsBack: boolean;
}

/** psql commands that only say how results look. */
const onlyLooks = new Set(['pset', 'timing', 'x', 't', 'a', 'f', 'echo', 'qecho', 'warn', 'unset', 'encoding', 'prompt', '!echo']);
/** psql’s own variables that only say how it prints, and what it does after an error, which ends a file here. */
const ownVariables = new Set([
  'ECHO',
  'ECHO_HIDDEN',
  'QUIET',
  'ON_ERROR_STOP',
  'ON_ERROR_ROLLBACK',
  'VERBOSITY',
  'SHOW_CONTEXT',
  'FETCH_COUNT',
  'PAGER',
  'PROMPT1',
  'PROMPT2',
]);
const deepest = 10;

/**
 * Reads a test file as psql would: `\i` and `\ir` are followed, commands that only say how results look are left out, all others are refused by name.
 *
 * @param path relative to the project, as `\i` is, since tests are run from there
 */
export async function readTapScript(project: string, path: string, depth = 0): Promise<TapScript> {
  const file = resolve(project, path);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return { why: `${path} can’t be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const statements: TapStatement[] = [];
  for (const statement of splitStatements(text)) {
    const at = `${path}:${statement.line}`;
    if (statement.meta === true) {
      const included = includedPath(statement.text, path);
      if (included === undefined) {
        const refused = refusedCommand(statement.text);
        if (refused !== undefined) return { why: `${refused} at ${at}, which only psql understands` };
        continue;
      }
      if (depth === deepest) return { why: `${at} includes files too deeply` };
      const inner = await readTapScript(project, included, depth + 1);
      if ('why' in inner) return inner;
      statements.push(...inner.statements);
      continue;
    }
    const verb = transactionVerb(statement.text);
    if (verb === 'begins') continue;
    const why = refusedStatement(statement, verb);
    if (why !== undefined) return { why: `${why} at ${at}` };
    statements.push({ text: statement.text, at, rollsBack: verb === 'rolls-back' });
  }
  return { statements };
}

function includedPath(command: string, path: string): string | undefined {
  const [, name, argument = ''] = /^\\(i|ir|include|include_relative)\s+(.+)$/.exec(command) ?? [];
  if (name === undefined) return undefined;
  const named = argument.trim().replace(/^'(.*)'$/, '$1');
  return name === 'i' || name === 'include' ? named : `${dirname(path)}/${named}`;
}

function refusedCommand(command: string): string | undefined {
  const [, name = '', argument = ''] = /^\\(\S+)\s*(.*)$/s.exec(command) ?? [];
  if (name === 'set') return ownVariables.has(argument.trim().split(/\s+/)[0] ?? '') ? undefined : `it says \\set ${argument.trim().split(/\s+/)[0] ?? ''}`;
  return onlyLooks.has(name) ? undefined : `it says \\${name}`;
}

function refusedStatement({ text, unterminated }: SqlStatement, verb: ReturnType<typeof transactionVerb>): string | undefined {
  if (unterminated !== undefined) return 'a quote or comment doesn’t end';
  if (verb === 'ends' || verb === 'chains') return `it says ${text}, which would keep what it does`;
  const words = significantTokens(text, 40).map(({ keyword }) => keyword);
  if (words[0] === 'COPY' && words.includes('STDIN')) return 'it has rows of COPY';
  // `select … \gset`: the text that isn't quoted ends with a command of psql's.
  if (/\\(g|gx|gset|gexec|crosstabview|watch)\b[^'"$]*$/.test(text)) return 'it has a psql command behind a query';
  return undefined;
}
