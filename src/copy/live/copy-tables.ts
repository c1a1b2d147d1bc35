import type { TableCount } from '../../core/data.ts';
import { FailureError } from '../../core/failure.ts';
import { saltSetting } from '../../core/masking.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { sortedCounts } from '../parity/sorted-counts.ts';
import type { Progress } from '../progress.ts';
import { copyEncoding, openTarget, sourceSettings } from '../restore/session-settings.ts';
import { sideBySide } from '../side-by-side.ts';
import { copyBatch } from './copy-batch.ts';
import { cutTables } from './cut-tables.ts';
import { planBatches } from './plan-batches.ts';
import { readingSource } from './reading-source.ts';
import type { SteadySource } from './steady-source.ts';
import type { CopyTable } from './table-list.ts';

export interface CopyTablesOptions {
  /** Workers; each has a session on both sides. */
  readonly jobs: number;
  readonly progress: Progress;
  /** From which size on a table may be cut into ranges; see cutTables. */
  readonly cutFromBytes?: number;
  readonly isServerOurs?: boolean;
  /** Told when all rows of a table are there and committed. */
  readonly onTable?: (table: CopyTable) => void;
}

/**
 * Copies tables with several workers; all read at the source's snapshot. The first error stops all.
 * Returns the exact number of rows that each table has at the snapshot. Throws FailureError.
 */
export async function copyTables(
  context: Context,
  source: SteadySource,
  target: Address,
  tables: readonly CopyTable[],
  { jobs, progress, cutFromBytes, isServerOurs = false, onTable }: CopyTablesOptions,
): Promise<readonly TableCount[]> {
  const pieces = cutTables(tables, jobs, source.current.session.serverVersionNum, cutFromBytes);
  const waiting = [...planBatches(pieces)];
  const left = Map.groupBy(pieces, tableKey);
  const counts: TableCount[] = [];
  const loaded = (table: CopyTable, rows: number) => {
    // Counted as countRows does it on the copy: where leaves can't be compared, their tree is; extensions' tables aren't.
    const { schema, name } = table.loadThrough ?? table;
    if (table.extensionCondition === null) counts.push({ schema, table: name, rows });
    const others = left.get(tableKey(table))?.filter((piece) => piece !== table) ?? [];
    left.set(tableKey(table), others);
    if (others.length === 0) onTable?.(table);
  };
  for (const table of pieces) if (table.isEmpty) loaded(table, 0);
  // What another worker is at is stopped too: production needn't read on for a copy that is lost.
  const work = async (stoppable: Context, from: LiveSource) => {
    await using reader = await readingSource(from, 'opening its snapshot', () => openReader(stoppable, from));
    await using writer = await opened(openTarget(stoppable, target, 'silent'));
    await writer.execute(`set client_encoding = '${copyEncoding(from.facts.locale.encoding)}'`);
    for (let batch = waiting.shift(); batch !== undefined && !stoppable.signal.aborted; batch = waiting.shift()) {
      const part = progress.part({ estimatedRows: sum(batch, 'estimatedRows'), sizeBytes: sum(batch, 'sizeBytes') });
      try {
        const rows = await copyBatch(reader, writer, batch, { label: from.facts.label, part, isServerOurs });
        part.end();
        for (const [place, table] of batch.entries()) loaded(table, rows[place] ?? 0);
      } catch (error) {
        // The copy has undone all of the batch.
        part.takeBack();
        waiting.unshift(batch);
        throw error;
      }
    }
  };
  await sideBySide(context, Math.min(jobs, waiting.length), (stoppable, stop) => source.again((from) => work(stoppable, from), stop));
  return sortedCounts(counts);
}

function tableKey({ schema, name }: CopyTable): string {
  return qualifiedName(schema, name);
}

function sum(tables: readonly CopyTable[], what: 'estimatedRows' | 'sizeBytes'): number {
  return tables.reduce((total, table) => total + table[what], 0);
}

/** A session on the source that reads at the snapshot. */
export async function openReader(context: Context, source: LiveSource): Promise<Session> {
  const session = await opened(
    context.edge.postgres.connect(source.address, {
      applicationName: 'pgrehearse copy',
      signal: context.signal,
      readOnly: { statementTimeoutMs: 0, lockTimeoutMs: 10_000 },
      ...(source.masking === undefined ? {} : { secretSettings: { [saltSetting]: source.masking.salt } }),
    }),
  );
  await session.execute(sourceSettings(session.serverVersionNum, copyEncoding(source.facts.locale.encoding)));
  // What a mask makes of a time must not depend on how this or that session shows times.
  if (source.masking !== undefined) await session.execute("set timezone = 'UTC'; set bytea_output = 'hex'");
  await session.execute(`begin transaction isolation level repeatable read, read only; set transaction snapshot '${source.snapshotId}'`);
  return session;
}

async function opened(connecting: ReturnType<typeof openTarget>): Promise<Session> {
  const result = await connecting;
  if (!result.ok) throw new FailureError(result.failure);
  return result.value;
}
