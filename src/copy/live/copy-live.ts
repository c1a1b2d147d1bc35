import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import { Progress } from '../progress.ts';
import { Restore } from '../restore/restore.ts';
import { restorePostData } from '../restore/restore-post-data.ts';
import { copyLargeObjects } from './copy-large-objects.ts';
import { copyTables } from './copy-tables.ts';
import { listPopulatedViews, refreshStatement } from './materialized-views.ts';
import { findNotDumped } from './not-dumped.ts';
import { readSchema } from './read-schema.ts';
import { readingSource } from './reading-source.ts';
import { readSequences, setvalStatement } from './sequences.ts';
import { giveUpSnapshot, hasSchemaPublic } from './snapshot.ts';
import { listTables } from './table-list.ts';

export interface LiveCopy {
  readonly report: Omit<CopyReport, 'durationMs'>;
  readonly sourceSchemaText: string;
}

/**
 * Copies a live source into an empty database: everything at one snapshot, which is given up as soon as the last row was read.
 * The order is that of a dump: tables, rows, then indexes, constraints, triggers, policies; event triggers last.
 * Throws FailureError and SqlError.
 */
export async function copyLive(context: Context, source: LiveSource, target: Address, session: Session, jobs: number): Promise<Result<LiveCopy>> {
  const step = (text: string) => context.emit({ type: 'step', phase: 'provision', text });
  step(`reading the schema of ${source.facts.label}`);
  const schema = await readSchema(context, source);
  if (!schema.ok) return schema;
  const { preData, postData, ddlBy, notes } = schema.value;
  const reader = source.session;
  const { notDumped, tables, views, hasPublic } = await readingSource(source, 'reading what is to be copied', async () => ({
    notDumped: await findNotDumped(reader),
    tables: (await listTables(reader, source.masking)).filter((table) => !(table.unlogged && source.facts.isStandby)),
    views: await listPopulatedViews(reader),
    hasPublic: await hasSchemaPublic(reader),
  }));

  const restore = new Restore(session);
  // A new database has a schema public; production may have dropped its own, and a dump doesn't say so.
  if (!hasPublic) await session.execute('drop schema if exists public');
  await restore.runAll(splitStatements(preData).map(({ text }) => text));

  step(`copying ${tables.length} tables with ${jobs} workers`);
  const progress = new Progress(context.emit, {
    rows: tables.reduce((sum, table) => sum + table.estimatedRows, 0),
    bytes: tables.reduce((sum, table) => sum + table.sizeBytes, 0),
  });
  const counts = await copyTables(context, source, target, tables, jobs, progress);
  progress.say();
  const lostObjects = await copyLargeObjects(context, source, target, jobs);
  const sequences = await readingSource(source, 'reading sequences', () => readSequences(reader));
  for (const sequence of sequences) await session.execute(setvalStatement(sequence));
  const snapshotHeldMs = await readingSource(source, 'giving up the snapshot', () => giveUpSnapshot(reader));

  step('building indexes and constraints');
  const statements = splitStatements(postData)
    .map(({ text }) => text)
    .filter((text) => !/^refresh\s/i.test(text));
  const sizes = new Map(tables.map(({ schema, name, sizeBytes }) => [qualifiedName(schema, name), sizeBytes]));
  await restorePostData(context, target, session, statements, { jobs, restore, sizes, views: views.map(refreshStatement) });
  await restore.finish();

  return ok({
    report: {
      sourceCounts: counts,
      rows: progress.rows,
      bytes: progress.bytes,
      snapshotHeldMs,
      ddlBy,
      losses: [...restore.losses, ...notDumped, ...lostObjects],
      harmless: [...notes, ...restore.harmless],
    },
    sourceSchemaText: `${preData}\n${postData}`,
  });
}
