import { countOf } from '../../core/count-of.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { statementTexts } from '../../sql/split-statements.ts';
import { Progress } from '../progress.ts';
import { PostData } from '../restore/post-data/post-data.ts';
import { Restore } from '../restore/restore.ts';
import { inBatches } from '../restore/run-batch.ts';
import { describeStatistics } from '../statistics/describe-statistics.ts';
import { stageLive } from '../statistics/stage-live.ts';
import { copyLargeObjects } from './copy-large-objects.ts';
import { copyTables } from './copy-tables.ts';
import { listPopulatedViews, refreshStatement } from './materialized-views.ts';
import { findNotDumped } from './not-dumped.ts';
import { readSteadySchema } from './read-schema.ts';
import { readSequences, setvalStatement } from './sequences.ts';
import { giveUpSnapshot, hasSchemaPublic } from './snapshot.ts';
import type { SteadySource } from './steady-source.ts';
import { listTables } from './table-list.ts';
import { readUndumpedStatements } from './undumped-statements.ts';

export interface LiveCopyOptions {
  readonly jobs: number;
  readonly isServerOurs: boolean;
  /** False: the planner's statistics are gathered on the copy. */
  readonly carriesStatistics: boolean;
}

export interface LiveCopy {
  readonly report: Omit<CopyReport, 'durationMs'>;
  readonly sourceSchemaText: string;
}

/**
 * Copies a live source into an empty database: everything at one snapshot, which is given up as soon as the last row was read.
 * The order is that of a dump: tables, rows, then indexes, constraints, triggers, policies; event triggers last. A table's indexes are built
 * as soon as its rows are there, while others still come.
 * Throws FailureError and SqlError.
 */
export async function copyLive(
  context: Context,
  source: SteadySource,
  target: Address,
  session: Session,
  { jobs, isServerOurs, carriesStatistics }: LiveCopyOptions,
): Promise<LiveCopy> {
  const step = (text: string) => context.emit({ type: 'step', phase: 'provision', text });
  const { facts, masking } = source.current;
  step(`reading the schema of ${facts.label}`);
  const { notDumped, undumped, tables, views, hasPublic } = await source.read('reading what is to be copied', async ({ session: reader }) => ({
    tables: (await listTables(reader, masking)).filter((table) => !(table.unlogged && facts.isStandby)),
    notDumped: await findNotDumped(reader),
    undumped: await readUndumpedStatements(reader),
    views: await listPopulatedViews(reader),
    hasPublic: await hasSchemaPublic(reader),
  }));
  await source.hold(tables);
  const { preData, postData, ddlBy, notes } = await readSteadySchema(context, source);

  const restore = new Restore(session);
  // A new database has a schema public; production may have dropped its own, and a dump doesn't say so.
  if (!hasPublic) await session.execute('drop schema if exists public');
  await restore.runAll(statementTexts(preData));

  step(`copying ${countOf(tables.length, 'table')} with ${countOf(jobs, 'worker')}`);
  const progress = new Progress(context.emit, {
    rows: tables.reduce((sum, table) => sum + table.estimatedRows, 0),
    bytes: tables.reduce((sum, table) => sum + table.sizeBytes, 0),
  });
  const dumped = statementTexts(postData).filter((text) => !/^refresh\s/i.test(text));
  const statements = [...dumped, ...undumped];
  const sizes = new Map(tables.map(({ schema, name, sizeBytes }) => [qualifiedName(schema, name), sizeBytes]));
  // Rows go first while they come: the snapshot holds production's clean-up back.
  const jobsWhileLoading = Math.max(1, jobs - 1);
  await using post = await PostData.start(context, target, session, statements, { jobs, jobsWhileLoading, restore, sizes, views: views.map(refreshStatement) });
  let tablesLeft = tables.length;
  const counts = await copyTables(context, source, target, tables, {
    jobs,
    progress,
    isServerOurs,
    onTable: ({ schema, name, loadThrough }) => {
      tablesLeft--;
      if (tablesLeft === 0) post.rowsEnd();
      // Loaded through its tree, a partition gets rows of others too: only when all are there is one of them whole.
      if (loadThrough === null) post.tableLoaded(schema, name);
    },
  });
  progress.say();
  const lostObjects = await source.again((from) => copyLargeObjects(context, from, target, jobs));
  const sequences = await source.read('reading sequences', ({ session: reader }) => readSequences(reader));
  for (const batch of inBatches(sequences.map(setvalStatement))) await session.execute(batch.join(';\n'));
  const statistics = carriesStatistics ? await source.again((from) => stageLive(context, from, session)) : undefined;
  await source.check();
  const snapshotHeldMs = await source.read('giving up the snapshot', ({ session: reader }) => giveUpSnapshot(reader));

  step('building indexes and constraints');
  await post.finish({ statistics });
  if (statistics !== undefined) step(describeStatistics(statistics.facts()));
  await restore.finish();

  return {
    report: {
      sourceCounts: counts,
      rows: progress.rows,
      bytes: progress.bytes,
      snapshotHeldMs,
      ddlBy,
      ...(statistics === undefined ? {} : { statistics: statistics.facts() }),
      losses: [...restore.losses, ...notDumped, ...lostObjects],
      harmless: [...notes, ...restore.harmless],
    },
    sourceSchemaText: `${preData}\n${postData}`,
  };
}
