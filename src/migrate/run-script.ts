import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Failure, failure, SqlError } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { readScript, type ScriptPart } from '../sql/read-script.ts';
import { significantTokens } from '../sql/significant-tokens.ts';
import { errorLine } from './migration-failure.ts';

export interface ScriptRun {
  readonly statements: number;
  /** What was passed over, and why that loses nothing. */
  readonly notes: readonly string[];
}

/** Commands of psql that change nothing in the database: pg_dump's guards and ways to print. */
const harmlessCommands = new Set(['restrict', 'unrestrict', 'set', 'unset', 'echo', 'qecho', 'pset', 'timing', 'encoding', 'o', 't', 'a', 'x']);
const includes = new Set(['i', 'include', 'ir', 'include_relative']);

/**
 * Runs a SQL file of any size as `psql -v ON_ERROR_STOP=1 -f` would: statement by statement, with COPY rows and `\i`. pg_dump's output is such a file.
 * The first error ends it with `baseline-failed`, which names file and line.
 */
export async function runScript(session: Session, projectFolder: string, file: string, from: readonly string[] = []): Promise<Result<ScriptRun>> {
  const path = join(projectFolder, file);
  if (from.includes(file)) return fail(failure('baseline-failed', `${file} includes itself`, { object: file, place: { file } }));
  const readable = await access(path).then(
    () => true,
    () => false,
  );
  if (!readable)
    return fail(failure('baseline-failed', `${file} does not exist or can't be read`, { object: file, place: { file }, cure: 'Check the paths in baseline.' }));
  let statements = 0;
  const notes: string[] = [];
  for await (const part of readScript(createReadStream(path))) {
    const done = await runPart(session, projectFolder, file, part, from);
    if (!done.ok) return done;
    statements += done.value.statements;
    notes.push(...done.value.notes);
  }
  return ok({ statements, notes });
}

async function runPart(session: Session, projectFolder: string, file: string, part: ScriptPart, from: readonly string[]): Promise<Result<ScriptRun>> {
  switch (part.type) {
    case 'statement':
      return statement(file, part.line, part.text, () => session.execute(part.text));
    case 'copy':
      return statement(file, part.line, part.statement, () => pipeline(part.data, session.copyIn(part.statement)));
    case 'meta': {
      if (harmlessCommands.has(part.command)) return ok({ statements: 0, notes: [] });
      if (!includes.has(part.command)) return fail(refuse(file, part.line, `\\${part.command} is a command of psql that is not run here`));
      const named = part.argument.trim().replace(/^'(.*)'$/, '$1');
      const folder = part.command.includes('r') ? dirname(join(projectFolder, file)) : projectFolder;
      return runScript(session, projectFolder, relative(projectFolder, join(folder, named)), [...from, file]);
    }
    case 'unterminated-copy':
      return fail(refuse(file, part.line, 'the rows after this COPY never end: the file is cut off'));
    case 'unterminated':
      return fail(refuse(file, part.line, `a ${part.kind.replaceAll('-', ' ')} begins here and never ends`));
    case 'bad-encoding':
      return fail(refuse(file, part.line, 'this statement is not UTF-8 text'));
  }
}

async function statement(file: string, line: number, text: string, run: () => Promise<unknown>): Promise<Result<ScriptRun>> {
  try {
    await run();
    return ok({ statements: 1, notes: [] });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const note = harmless(text, error);
    if (note !== undefined) return ok({ statements: 1, notes: [`${file}:${line}: ${note}`] });
    const at = errorLine({ line, text }, error.fields);
    return fail(
      failure('baseline-failed', `${file}:${at}: ${error.fields.message} (SQLSTATE ${error.fields.sqlstate})`, {
        object: file,
        place: { file, line: at },
        sql: { ...error.fields, statement: text },
        ...(error.fields.sqlstate === '42501' ? { rootCause: 'privileges', cure: privilegesCure } : {}),
      }),
    );
  }
}

const privilegesCure =
  'The baseline is built by the role that migrates production. What it may not do there either (extensions that need a superuser, other owners) must stand in a file that it can run, or migrate.role is not the role that migrates production.';

/** Errors that pg_dump's output gives to everybody but a superuser, or to an older server, and that lose nothing. */
function harmless(text: string, { fields }: SqlError): string | undefined {
  const words = significantTokens(text, 3).map(({ keyword, name }) => keyword || (name ?? ''));
  if (words.join(' ') === 'COMMENT ON EXTENSION' && fields.sqlstate === '42501') return 'the comment on an extension was left as its owner wrote it';
  if (words.join(' ') === 'CREATE SCHEMA PUBLIC' && fields.sqlstate === '42P06') return 'schema public was there already';
  if (words[0] === 'SET' && words[1] === 'TRANSACTION_TIMEOUT' && fields.sqlstate === '42704')
    return 'this server has no transaction_timeout, which is a setting of the session only';
  return undefined;
}

function refuse(file: string, line: number, what: string): Failure {
  return failure('baseline-failed', `${file}:${line}: ${what}`, { object: file, place: { file, line } });
}
