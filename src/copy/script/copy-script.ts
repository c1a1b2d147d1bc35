import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TableCount } from '../../core/data.ts';
import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { ScriptSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { parseQualifiedName } from '../../sql/quote.ts';
import { readScript, type ScriptPart } from '../../sql/read-script.ts';
import { textDecoderName } from '../../sql/text-encoding.ts';
import { countRows } from '../parity/count-rows.ts';
import { Progress } from '../progress.ts';
import { describeStatement } from '../restore/describe-statement.ts';
import { Restore } from '../restore/restore.ts';
import { restorePostData } from '../restore/restore-post-data.ts';
import { copyWithEncoding } from './copy-encoding.ts';
import { HeldStatements } from './held-statements.ts';
import { scriptCounts } from './script-counts.ts';
import { isLeftToFacts } from './statements-of-facts.ts';

export interface ScriptCopy {
  readonly report: Omit<CopyReport, 'durationMs'>;
}

/**
 * Streams a dump's script into an empty database, statement by statement, rows by COPY: any size in constant memory. Rows are counted as
 * they stand in the dump. What pg_dump writes after the rows is kept until the script's end, and then built side by side with `jobs` sessions.
 * Throws FailureError and SqlError.
 */
export async function copyScript(context: Context, source: ScriptSource, session: Session, jobs: number): Promise<Result<ScriptCopy>> {
  const opened = await source.open();
  if (!opened.ok) return opened;
  context.emit({ type: 'step', phase: 'provision', text: `loading ${source.facts.label}` });
  const restore = new Restore(session);
  const progress = new Progress(context.emit, {});
  const counts: TableCount[] = [];
  const encoding = textDecoderName(source.encoding) ?? 'utf-8';
  const after = new HeldStatements(source.madeByDump);
  const runNow = async (text: string, line: number) => {
    const inserted = countInserts(text, await restore.run(text, line));
    if (inserted !== undefined) counts.push(inserted);
  };
  const runHeld = async () => {
    for (const { text, line } of after.giveUp()) await runNow(text, line);
  };
  for await (const part of readScript(opened.value, { encoding })) {
    context.signal.throwIfAborted();
    switch (part.type) {
      case 'statement': {
        if (isLeftToFacts(part.text) || after.take(part)) break;
        await runHeld();
        await runNow(part.text, part.line);
        break;
      }
      case 'copy': {
        await runHeld();
        const rows = await loadRows(session, part, source.encoding, progress, context.signal);
        const into = parseQualifiedName(describeStatement(part.statement).name);
        if (into !== undefined) counts.push({ schema: into.schema ?? 'public', table: into.name, rows });
        break;
      }
      case 'meta':
        // Which ones may stand there was decided when the dump was opened.
        break;
      default:
        throw new FailureError(damaged(source, part));
    }
  }
  progress.say();
  context.emit({ type: 'step', phase: 'provision', text: 'building indexes and constraints, filling materialized views, gathering planner statistics' });
  const held = after.all();
  const lines = held.map(({ line }) => line);
  await restorePostData(
    context,
    session.address,
    session,
    held.map(({ text }) => text),
    { jobs, restore, lines },
  );
  await restore.finish();
  return ok({
    report: {
      sourceCounts: source.madeByDump ? await scriptCounts(session, counts) : await countRows(context, session.address, { materializedViews: false }),
      rows: progress.rows,
      bytes: progress.bytes,
      snapshotHeldMs: 0,
      ddlBy: source.facts.label,
      losses: [...source.losses, ...restore.losses],
      harmless: restore.harmless,
    },
  });
}

type CopyPart = Extract<ScriptPart, { type: 'copy' }>;

async function loadRows(session: Session, part: CopyPart, encoding: string, progress: Progress, signal: AbortSignal): Promise<number> {
  let rows = 0;
  const counted = async function* () {
    for await (const chunk of part.data) {
      progress.add(part.data.rows - rows, chunk.length);
      rows = part.data.rows;
      yield chunk;
    }
  };
  try {
    await pipeline(Readable.from(counted(), { objectMode: false }), session.copyIn(copyWithEncoding(part.statement, encoding)), { signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof SqlError)) throw error;
    throw new FailureError(loadFailure(part, error));
  }
  return part.data.rows;
}

function loadFailure(part: CopyPart, error: SqlError) {
  const { sqlstate, message, where } = error.fields;
  const table = describeStatement(part.statement).name;
  const code = sqlstate === '53100' ? 'disk-short' : /^(08|57)/.test(sqlstate) ? 'server-lost' : 'restore-failed';
  const place = where === undefined ? '' : ` (${where.split('\n')[0]?.slice(0, 200)})`;
  return failure(code, `Loading the rows of ${table} (line ${part.line} of the dump) failed with SQLSTATE ${sqlstate}: ${message}${place}.`, {
    object: table,
    sql: error.fields,
  });
}

/** Dumps made with --inserts hold rows as statements. */
function countInserts(statement: string, results: readonly { readonly tag: string; readonly rows: number | null }[]): TableCount | undefined {
  const [result] = results;
  if (result?.tag !== 'INSERT' || result.rows === null) return undefined;
  const into = parseQualifiedName(describeStatement(statement).name);
  return into === undefined ? undefined : { schema: into.schema ?? 'public', table: into.name, rows: result.rows };
}

function damaged(source: ScriptSource, part: Extract<ScriptPart, { type: 'unterminated-copy' | 'unterminated' | 'bad-encoding' }>) {
  const what = part.type === 'bad-encoding' ? `holds text that is not ${part.encoding}` : 'ends in the middle';
  return failure('dump-damaged', `${source.facts.label} ${what}: see line ${part.line}.`);
}
