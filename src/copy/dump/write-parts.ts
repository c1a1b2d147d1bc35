import type { DumpRows } from '../../core/dump-manifest.ts';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { openReader } from '../live/copy-tables.ts';
import { readingSource } from '../live/reading-source.ts';
import type { SteadySource } from '../live/steady-source.ts';
import { tableFailure } from '../mask/table-failure.ts';
import type { Progress } from '../progress.ts';
import { sideBySide } from '../side-by-side.ts';
import { CountedRows, joined } from './counted-rows.ts';
import { type DumpFolder, writeDumpFile } from './dump-file.ts';
import type { DumpJournal } from './dump-journal.ts';
import type { DumpPart } from './table-parts.ts';

export interface WrittenPart {
  readonly part: DumpPart;
  /** Absent: there were no rows. */
  readonly file?: DumpRows;
}

/**
 * Writes each part into a file of its own, several at a time, all at the source's snapshot. The first error stops all.
 * Throws FailureError, and errors of the file system.
 */
export async function writeParts(
  context: Context,
  source: SteadySource,
  folder: DumpFolder,
  parts: readonly DumpPart[],
  options: { readonly jobs: number; readonly progress: Progress; readonly journal: DumpJournal | undefined },
): Promise<readonly WrittenPart[]> {
  const { jobs, progress, journal } = options;
  const written: WrittenPart[] = parts.map((part) => ({ part }));
  const waiting = [...parts.entries()];
  const work = async (from: LiveSource, signal: AbortSignal) => {
    await using reader = await readingSource(from, 'opening its snapshot', () => openReader(context, from));
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const [index, part] = next;
      const known = await journal?.finished(part.statement);
      if (known?.file !== undefined) progress.add(known.file.rows, known.file.bytes);
      try {
        const file = known === undefined ? await writePart(from, reader, folder, part, freeName(index, part, journal), progress, signal) : known.file;
        if (known === undefined) await journal?.finish(part.statement, file);
        if (file !== undefined) written[index] = { part, file };
      } catch (error) {
        // Nothing of it is left; whoever can have the source again reads it from its start.
        waiting.unshift(next);
        throw error;
      }
    }
  };
  await sideBySide(context, Math.min(jobs, parts.length), ({ signal }, stop) => source.again((from) => work(from, signal), stop));
  return written;
}

async function writePart(
  source: LiveSource,
  reader: Session,
  folder: DumpFolder,
  { label, statement, table }: DumpPart,
  name: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<DumpRows | undefined> {
  const counted = new CountedRows(reader.copyOut(statement), (rows, bytes) => progress.add(rows, bytes));
  try {
    const iterator = joined(counted);
    const first = await iterator.next();
    if (first.done === true) return undefined;
    const second = await iterator.next();
    const content = async function* () {
      try {
        yield first.value;
        for (let next = second; next.done !== true; next = await iterator.next()) yield next.value;
      } finally {
        await iterator.return(undefined);
      }
    };
    const file = await writeDumpFile(folder, name, second.done === true ? first.value : content(), signal);
    return { ...file, rows: counted.rows, bytes: counted.bytes };
  } catch (error) {
    progress.rows -= counted.rows;
    progress.bytes -= counted.bytes;
    if (!(error instanceof SqlError) || signal.aborted) throw error;
    const from = source.facts.label;
    throw new FailureError(table === undefined ? sourceFailure(error, from, `copying ${label}`) : tableFailure(error, from, table));
  }
}

/** An earlier attempt may have had its parts in another order. */
function freeName(index: number, part: DumpPart, journal: DumpJournal | undefined): string {
  const name = fileName(index, part);
  for (let attempt = 1; ; attempt++) {
    const free = attempt === 1 ? name : name.replace('.copy.zst', `-${attempt}.copy.zst`);
    if (journal?.isTaken(free) !== true && journal?.isTaken(`${free}.age`) !== true) return free;
  }
}

/** A number makes the name unique; the rest is for people. Nothing that means something to a shell, to psql or to a file system gets into it. */
function fileName(index: number, { label }: DumpPart): string {
  const readable = label.replaceAll(/[^A-Za-z0-9_.]+/g, '_').slice(0, 80);
  return `data/${String(index + 1).padStart(4, '0')}-${readable}.copy.zst`;
}
