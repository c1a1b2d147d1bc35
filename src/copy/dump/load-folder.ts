import { countOf } from '../../core/count-of.ts';
import type { DumpTable } from '../../core/dump-manifest.ts';
import { FailureError } from '../../core/failure.ts';
import type { FolderSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { statementTexts } from '../../sql/split-statements.ts';
import { Progress } from '../progress.ts';
import { PostData } from '../restore/post-data/post-data.ts';
import { Restore } from '../restore/restore.ts';
import { openTarget } from '../restore/session-settings.ts';
import { sideBySide } from '../side-by-side.ts';
import { describeStatistics } from '../statistics/describe-statistics.ts';
import { stageFolder } from '../statistics/stage-folder.ts';
import { loadLargeObjects, loadTable } from './load-parts.ts';
import { type LoadProgress, LoadRecord } from './load-record.ts';
import { remainingPostData } from './remaining-post-data.ts';
import { usableHashes } from './usable-hashes.ts';

export interface LoadFolderOptions {
  readonly jobs: number;
  /** False: the planner's statistics are gathered on the copy. */
  readonly carriesStatistics: boolean;
  /** Given: a record is kept in the database of what is whole, and a database that has one is gone on with. */
  readonly resuming?: LoadProgress | undefined;
}

/**
 * Loads a dump folder into an empty database, `jobs` tables side by side; indexes of a table are built while others are loaded. Damage of any file is found
 * before this returns: checksums and row counts are checked as the rows go by. Throws FailureError and SqlError.
 */
export async function loadFolder(
  context: Context,
  source: FolderSource,
  target: Address,
  session: Session,
  { jobs, carriesStatistics, resuming }: LoadFolderOptions,
): Promise<Result<{ readonly report: Omit<CopyReport, 'durationMs'> }>> {
  const step = (text: string) => context.emit({ type: 'step', phase: 'provision', text });
  const { manifest, scripts } = source;
  step(`loading ${source.facts.label}`);
  const restore = new Restore(session);
  const known = resuming === undefined ? undefined : await LoadRecord.find(session);
  if (known === undefined) await restore.runAll(statementTexts(scripts.preData));
  const record = known ?? (resuming === undefined ? undefined : await LoadRecord.begin(session, restore));
  if (known !== undefined) {
    restore.losses.push(...known.notes.losses);
    restore.harmless.push(...known.notes.harmless);
  }

  const { views, rest: postData } = sorted(statementTexts(scripts.postData));
  const rest = known === undefined ? postData : await remainingPostData(session, postData);
  const sizes = new Map(manifest.tables.map((table) => [qualifiedName(table.schema, table.table), bytesOf(table)]));
  await using post = await PostData.start(context, target, session, rest, { jobs, jobsWhileLoading: 1, restore, sizes, views });
  step(`loading ${countOf(manifest.tables.length, 'table')} with ${countOf(jobs, 'worker')}`);
  const progress = new Progress(context.emit, { rows: manifest.rows, bytes: manifest.bytes });
  const withRows = manifest.tables.filter(({ files }) => files.length > 0);
  const before = withRows.filter((table) => known?.hasTable(table) === true);
  if (known !== undefined) step(`going on where an earlier attempt was interrupted: ${before.length} of ${withRows.length} tables are there`);
  if (resuming !== undefined) Object.assign(resuming, { tables: before.length, of: withRows.length });
  for (const { rows, files } of before)
    progress.add(
      rows,
      files.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  await loadTables(context, source, target, jobs, {
    progress,
    record,
    done: new Set(before),
    loaded: (table) => {
      if (resuming !== undefined && table.files.length > 0 && !before.includes(table)) resuming.tables++;
      post.tableLoaded(table.schema, table.table);
    },
  });
  if (known?.hasLargeObjects !== true) {
    if (known !== undefined) await session.execute('select pg_catalog.lo_unlink(oid) from pg_catalog.pg_largeobject_metadata');
    await restore.runAll(statementTexts(scripts.largeObjects));
    await loadLargeObjects(source, session, progress, context.signal, record);
  }
  progress.say();
  await restore.runAll(statementTexts(scripts.sequences));

  const statistics = carriesStatistics ? await stageFolder(source, session, context.signal) : undefined;

  step('building indexes and constraints, filling materialized views');
  await post.finish({ statistics });
  if (statistics !== undefined) step(describeStatistics(statistics.facts()));
  await restore.finish();
  if (record !== undefined) {
    if (resuming !== undefined) resuming.finished = true;
    await record.end(session);
  }
  const sourceHashes = usableHashes(manifest);
  return ok({
    report: {
      sourceCounts: manifest.counts,
      ...(sourceHashes === undefined ? {} : { sourceHashes }),
      rows: manifest.rows,
      bytes: manifest.bytes,
      snapshotHeldMs: 0,
      ddlBy: manifest.ddlBy,
      ...(statistics === undefined ? {} : { statistics: statistics.facts() }),
      losses: [...manifest.losses, ...restore.losses],
      harmless: [...manifest.harmless, ...restore.harmless],
    },
  });
}

/** The script fills views where psql would; here that waits for everything else. */
function sorted(all: readonly string[]): { readonly views: readonly string[]; readonly rest: readonly string[] } {
  const isRefresh = (text: string) => /^refresh\s/i.test(text);
  return { views: all.filter(isRefresh), rest: all.filter((text) => !isRefresh(text) && !/^set\s+row_security\b/i.test(text)) };
}

function bytesOf(table: DumpTable): number {
  return table.files.reduce((sum, file) => sum + file.bytes, 0);
}

interface TableWork {
  readonly progress: Progress;
  readonly record: LoadRecord | undefined;
  /** What an earlier attempt loaded. */
  readonly done: ReadonlySet<DumpTable>;
  readonly loaded: (table: DumpTable) => void;
}

/** The largest first; the first error stops all workers. */
async function loadTables(context: Context, source: FolderSource, target: Address, jobs: number, { progress, record, done, loaded }: TableWork): Promise<void> {
  const { tables, text } = source.manifest;
  for (const table of tables) if (table.files.length === 0 || done.has(table)) loaded(table);
  const waiting = tables.filter((table) => table.files.length > 0 && !done.has(table)).toSorted((left, right) => bytesOf(right) - bytesOf(left));
  await sideBySide(context, Math.min(jobs, waiting.length), async ({ signal }) => {
    const opened = await openTarget(context, target, 'silent');
    if (!opened.ok) throw new FailureError(opened.failure);
    await using session = opened.value;
    await session.execute(`set client_encoding = '${text.encoding}'`);
    for (let table = waiting.shift(); table !== undefined && !signal.aborted; table = waiting.shift()) {
      await loadTable(source, session, table, progress, signal, record);
      loaded(table);
    }
  });
}
