import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failure, SqlError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { splitStatements } from '../../sql/split-statements.ts';

/** A file of SQL that the team wants to have run on each copy. */
export interface AfterLoadScript {
  /** As the configuration names it. */
  readonly file: string;
  readonly text: string;
  readonly statements: readonly { readonly text: string; readonly line: number }[];
}

/**
 * Reads the files of clone.afterLoad, before minutes are spent on a copy. Fails with `after-load-failed`.
 *
 * @param folder absolute; the configuration's.
 */
export async function readAfterLoad(folder: string, files: readonly string[]): Promise<Result<readonly AfterLoadScript[]>> {
  const scripts: AfterLoadScript[] = [];
  for (const file of files) {
    const text = await readFile(resolve(folder, file), 'utf8').catch((error: NodeJS.ErrnoException) => error);
    if (typeof text !== 'string') return fail(failure('after-load-failed', `${file} of clone.afterLoad can't be read: ${text.message}`, { place: { file } }));
    const statements = splitStatements(text.replace(/^\uFEFF/, ''));
    const meta = statements.find((statement) => statement.meta === true || statement.unterminated !== undefined);
    if (meta !== undefined) {
      const what = meta.meta === true ? 'a command of psql, which only psql understands' : 'a statement without an end';
      return fail(failure('after-load-failed', `${file} of clone.afterLoad holds ${what}.`, { place: { file, line: meta.line } }));
    }
    scripts.push({ file, text, statements });
  }
  return ok(scripts);
}

/** Tells scripts apart, so that an image is only used again when the same was run on it; undefined where there are none. */
export function afterLoadSha256(scripts: readonly AfterLoadScript[]): string | undefined {
  return scripts.length === 0
    ? undefined
    : createHash('sha256')
        .update(JSON.stringify(scripts.map(({ text }) => text)))
        .digest('hex');
}

/**
 * Runs the team's own SQL on a copy, as superuser and statement by statement, before anybody else gets to it: what keeps the team's code from
 * reaching out (addresses of mails, keys of other services). Returns what was run, a sentence for each file; fails with `after-load-failed`.
 */
export async function runAfterLoad(context: Context, admin: Address, scripts: readonly AfterLoadScript[]): Promise<Result<readonly string[]>> {
  const notes: string[] = [];
  for (const { file, statements } of scripts) {
    context.emit({ type: 'step', phase: 'provision', text: `Running ${file} on the copy` });
    const connected = await context.edge.postgres.connect(admin, { applicationName: 'pgrehearse', signal: context.signal });
    if (!connected.ok) return connected;
    await using session = connected.value;
    for (const { text, line } of statements) {
      try {
        await session.execute(text);
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        if (context.signal.aborted) return fail(failure('interrupted', 'The run was interrupted.'));
        const { sqlstate, message } = error.fields;
        return fail(
          failure('after-load-failed', `${file} of clone.afterLoad failed in line ${line} with SQLSTATE ${sqlstate}: ${message}.`, {
            place: { file, line },
            sql: { ...error.fields, statement: text },
          }),
        );
      }
    }
    notes.push(`${file} was run on the copy, as clone.afterLoad asks: ${statements.length} ${statements.length === 1 ? 'statement' : 'statements'}`);
  }
  return ok(notes);
}
