import type { Readable } from 'node:stream';
import { type Failure, FailureError, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { ExtensionFacts } from '../core/source-facts.ts';
import { readScript, type ScriptPart } from '../sql/read-script.ts';
import { significantTokens } from '../sql/significant-tokens.ts';
import { textDecoderName } from '../sql/text-encoding.ts';
import { DatabaseReader } from './database-reader.ts';
import { type DumpHead, hasDumpTrailer, readDumpHead } from './dump-head.ts';
import { namedRoles } from './named-roles.ts';
import { peek } from './peek.ts';
import { refusedStatement } from './refused-statement.ts';
import { RoleReader } from './role-reader.ts';

/** What a script holds, found by reading it once, before anything is made. */
export interface Survey {
  readonly head: DumpHead;
  readonly database: DatabaseReader;
  readonly roles: RoleReader;
  /** Roles that statements name. */
  readonly namedRoles: readonly string[];
  readonly extensions: readonly ExtensionFacts[];
  readonly languages: readonly string[];
  readonly usesLz4: boolean;
  readonly tables: number;
  readonly rows: number;
  readonly sizeBytes: number;
}

/**
 * Reads a script from start to end: is it whole, is there something in it that isn't run, and what does it tell? A dump that was cut off, or
 * holds a psql command that could do anything, is found here and not in the middle of a load.
 */
export async function surveyScript(context: Context, stream: Readable, file: string): Promise<Result<Survey>> {
  try {
    return await survey(context, stream, file);
  } catch (error) {
    if (context.signal.aborted) return fail(failure('interrupted', 'Reading the dump was interrupted.'));
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  } finally {
    stream.destroy();
  }
}

async function survey(context: Context, stream: Readable, file: string): Promise<Result<Survey>> {
  const peeked = await peek(stream);
  const packed = peeked.head.startsWith('PGDMP') ? 'an archive of pg_dump' : peeked.head.slice(257, 262) === 'ustar' ? 'a tar' : undefined;
  if (packed !== undefined) {
    stream.destroy();
    return fail(failure('dump-refused', `${file} is ${packed} inside of a packed file.`, { cure: 'Unpack it first (gunzip, zstd -d).', place: { file } }));
  }
  const head = readDumpHead(peeked.head);
  const encoding = textDecoderName(head.encoding);
  if (encoding === undefined) {
    return fail(
      failure('dump-refused', `${file} is written in ${head.encoding}, which is not read.`, { cure: 'Make the dump with `pg_dump --encoding=UTF8`.' }),
    );
  }
  const surveyor = new Surveyor(head);
  for await (const part of readScript(peeked.bytes, { encoding })) {
    context.signal.throwIfAborted();
    const refused = await surveyor.take(part, file);
    if (refused !== undefined) return fail(refused);
    surveyor.say(context, peeked.size());
  }
  if (head.madeBy !== 'none' && !hasDumpTrailer(peeked.tail())) {
    return fail(failure('dump-damaged', `${file} lacks the line that pg_dump writes last: it was cut off.`, { place: { file } }));
  }
  const databases = [...surveyor.databases];
  if (databases.length > 1) {
    const message = `${file} holds several databases: ${databases.join(', ')}.`;
    const cure = 'Dump one database with `pg_dump -Fc`, and the roles with `pg_dumpall --roles-only --no-role-passwords` (source.roles).';
    return fail(failure('dump-refused', message, { cure, place: { file } }));
  }
  if (head.madeBy === 'cluster' && databases.length === 0) {
    const cure = 'Name it as source.roles, and a dump of the database as source.dump.';
    return fail(failure('dump-refused', `${file} holds roles but no database.`, { cure, place: { file } }));
  }
  return ok(surveyor.result(peeked.size()));
}

class Surveyor {
  /** Databases that `\connect` names. */
  readonly databases = new Set<string>();
  readonly #head: DumpHead;
  readonly #database = new DatabaseReader();
  readonly #roles = new RoleReader();
  readonly #named = new Set<string>();
  readonly #extensions = new Map<string, ExtensionFacts>();
  readonly #languages = new Set(['plpgsql']);
  #usesLz4 = false;
  #tables = 0;
  #rows = 0;
  #saidAt = 0;

  constructor(head: DumpHead) {
    this.#head = head;
  }

  /** Returns why the script can't be used. */
  async take(part: ScriptPart, file: string): Promise<Failure | undefined> {
    const place = { file, line: part.line };
    switch (part.type) {
      case 'copy':
        await part.data.drain();
        this.#tables++;
        this.#rows += part.data.rows;
        return undefined;
      case 'statement':
        return this.#takeStatement(part.text, place);
      case 'meta':
        return this.#takeMeta(part.command, part.argument, place);
      case 'unterminated-copy':
        return failure('dump-damaged', `${file} ends among the rows of a table (${part.statement}, line ${part.line}): it was cut off.`, { place });
      case 'unterminated':
        return failure('dump-damaged', `${file} ends inside of a ${part.kind} that begins at line ${part.line}: it was cut off.`, { place });
      case 'bad-encoding':
        return failure('dump-damaged', `${file} holds bytes at line ${part.line} that are no ${part.encoding} text.`, { place });
    }
  }

  /** Reading a large dump takes a while: say how far it is. */
  say(context: Context, done: number): void {
    const now = performance.now();
    if (now - this.#saidAt < 250) return;
    this.#saidAt = now;
    context.emit({ type: 'progress', phase: 'preconditions', task: 'reading the dump', done, unit: 'bytes' });
  }

  result(sizeBytes: number): Survey {
    return {
      head: this.#head,
      database: this.#database,
      roles: this.#roles,
      namedRoles: [...this.#named].sort(),
      extensions: [...this.#extensions.values()],
      languages: [...this.#languages].sort(),
      usesLz4: this.#usesLz4,
      tables: this.#tables,
      rows: this.#rows,
      sizeBytes,
    };
  }

  #takeStatement(text: string, place: { file: string; line: number }): Failure | undefined {
    const refused = refusedStatement(text);
    if (refused !== undefined) return failure('dump-refused', `Line ${place.line} of ${place.file} ${refused}.`, { place });
    if (this.#database.take(text) || this.#roles.take(text)) {
      if (this.#database.owner !== '') this.#named.add(this.#database.owner);
      return undefined;
    }
    for (const role of namedRoles(text)) this.#named.add(role);
    if (/^create\s+extension\b/i.test(text)) this.#takeExtension(significantTokens(text, 24));
    else if (/^create\b/i.test(text)) this.#takeLanguage(text);
    else if (/^alter\b[^']*\bset\s+compression\s+lz4\b/i.test(text)) this.#usesLz4 = true;
    return undefined;
  }

  #takeExtension(tokens: ReturnType<typeof significantTokens>): void {
    const name = tokens.slice(2).find((token) => !['IF', 'NOT', 'EXISTS'].includes(token.keyword))?.name;
    const after = (word: string) => {
      const at = tokens.findIndex((token) => token.keyword === word);
      return at === -1 ? '' : (tokens[at + 1]?.name ?? tokens[at + 1]?.text.replaceAll("'", '') ?? '');
    };
    if (name !== undefined) this.#extensions.set(name, { name, version: after('VERSION'), schema: after('SCHEMA') });
  }

  /** The language of a function, procedure or DO block, or one that is made. Arguments may be called `language`: they stand in parentheses. */
  #takeLanguage(text: string): void {
    if (!/\blanguage\b/i.test(text)) return;
    const tokens = significantTokens(text, 400);
    const kinds = tokens.slice(1, 5).map((token) => token.keyword);
    if (!['FUNCTION', 'PROCEDURE', 'LANGUAGE'].some((kind) => kinds.includes(kind))) return;
    let depth = 0;
    const at = tokens.findIndex((token) => {
      if (token.kind === 'open') depth++;
      if (token.kind === 'close') depth--;
      return depth === 0 && token.keyword === 'LANGUAGE';
    });
    const name = tokens[at + 1]?.name;
    if (at > 0 && name !== undefined && !['sql', 'c', 'internal'].includes(name)) this.#languages.add(name);
  }

  #takeMeta(command: string, argument: string, place: { file: string; line: number }): Failure | undefined {
    if (command === 'restrict' || command === 'unrestrict') return undefined;
    if (command === 'connect' || command === 'c') {
      this.databases.add(connectTarget(argument));
      return undefined;
    }
    return failure('dump-refused', `Line ${place.line} of ${place.file} holds the psql command \\${command}, which is not run.`, { place });
  }
}

/** `app`, `"My App"` or `-reuse-previous=on "dbname='my app'"`. */
function connectTarget(argument: string): string {
  const named = /dbname='((?:[^'\\]|\\.)*)'/.exec(argument)?.[1];
  if (named !== undefined) return named.replaceAll(/\\(.)/g, '$1');
  return argument.startsWith('"') ? argument.slice(1, -1).replaceAll('""', '"') : (argument.split(/\s/)[0] ?? '');
}
