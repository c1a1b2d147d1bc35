import type { DumpTable } from '../../core/dump-manifest.ts';
import { FailureError } from '../../core/failure.ts';
import type { FolderSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import { Progress } from '../progress.ts';
import { PostData } from '../restore/post-data/post-data.ts';
import { Restore } from '../restore/restore.ts';
import { openTarget } from '../restore/session-settings.ts';
import { sideBySide } from '../side-by-side.ts';
import { loadLargeObjects, loadTable } from './load-parts.ts';

/**
 * Loads a dump folder into an empty database, `jobs` tables side by side; indexes of a table are built while others are loaded. Damage of any file is found
 * before this returns: checksums and row counts are checked as the rows go by. Throws FailureError and SqlError.
 */
export async function loadFolder(
  context: Context,
  source: FolderSource,
  target: Address,
  session: Session,
  jobs: number,
): Promise<Result<{ readonly report: Omit<CopyReport, 'durationMs'> }>> {
  const step = (text: string) => context.emit({ type: 'step', phase: 'provision', text });
  const { manifest, scripts } = source;
  step(`loading ${source.facts.label}`);
  const restore = new Restore(session);
  await restore.runAll(statements(scripts.preData));

  const { views, rest } = sorted(statements(scripts.postData));
  const sizes = new Map(manifest.tables.map((table) => [qualifiedName(table.schema, table.table), bytesOf(table)]));
  await using post = await PostData.start(context, target, session, rest, { jobs, jobsWhileLoading: 1, restore, sizes });
  step(`loading ${manifest.tables.length} tables with ${jobs} workers`);
  const progress = new Progress(context.emit, { rows: manifest.rows, bytes: manifest.bytes });
  await loadTables(context, source, target, jobs, progress, (table) => post.tableLoaded(table.schema, table.table));
  await restore.runAll(statements(scripts.largeObjects));
  await loadLargeObjects(source, session, progress, context.signal);
  progress.say();
  await restore.runAll(statements(scripts.sequences));

  step('building indexes and constraints');
  await post.finish();
  step('filling materialized views');
  for (const view of views) await restore.run(view);
  await restore.fillViews();
  for (const view of views) await session.execute(view.replace(/^refresh\s+materialized\s+view/i, 'analyze'));
  await restore.finish();
  return ok({
    report: {
      sourceCounts: manifest.counts,
      ...(manifest.hashes === undefined ? {} : { sourceHashes: manifest.hashes }),
      rows: manifest.rows,
      bytes: manifest.bytes,
      snapshotHeldMs: 0,
      ddlBy: manifest.ddlBy,
      losses: [...manifest.losses, ...restore.losses],
      harmless: [...manifest.harmless, ...restore.harmless],
    },
  });
}

function statements(script: string): readonly string[] {
  return splitStatements(script).map(({ text }) => text);
}

/** The script fills views where psql would; here that waits for everything else. */
function sorted(all: readonly string[]): { readonly views: readonly string[]; readonly rest: readonly string[] } {
  const isRefresh = (text: string) => /^refresh\s/i.test(text);
  return { views: all.filter(isRefresh), rest: all.filter((text) => !isRefresh(text) && !/^set\s+row_security\b/i.test(text)) };
}

function bytesOf(table: DumpTable): number {
  return table.files.reduce((sum, file) => sum + file.bytes, 0);
}

/** The largest first; the first error stops all workers. */
async function loadTables(
  context: Context,
  source: FolderSource,
  target: Address,
  jobs: number,
  progress: Progress,
  loaded: (table: DumpTable) => void,
): Promise<void> {
  const { tables, text } = source.manifest;
  for (const table of tables) if (table.files.length === 0) loaded(table);
  const waiting = tables.filter(({ files }) => files.length > 0).toSorted((left, right) => bytesOf(right) - bytesOf(left));
  await sideBySide(context, Math.min(jobs, waiting.length), async ({ signal }) => {
    const opened = await openTarget(context, target, 'silent');
    if (!opened.ok) throw new FailureError(opened.failure);
    await using session = opened.value;
    await session.execute(`set client_encoding = '${text.encoding}'`);
    for (let table = waiting.shift(); table !== undefined && !signal.aborted; table = waiting.shift()) {
      await loadTable(source, session, table, progress, signal);
      loaded(table);
    }
  });
}
