import { pipeline } from 'node:stream/promises';
import { countOf } from '../../core/count-of.ts';
import { FailureError, failure } from '../../core/failure.ts';
import type { FolderSource } from '../../core/open-source.ts';
import type { Session } from '../../core/ports.ts';
import { CountedRows } from '../dump/counted-rows.ts';
import { CarriedStatistics } from './carried-statistics.ts';

/**
 * Stages what a dump folder holds of its source's planner; undefined where it holds nothing. Throws FailureError (`dump-damaged`) and SqlError.
 *
 * @param session on the copy, the one that will apply them.
 */
export async function stageFolder(source: FolderSource, session: Session, signal: AbortSignal): Promise<CarriedStatistics | undefined> {
  const { statistics, text } = source.manifest;
  if (statistics === undefined) return undefined;
  const { file } = statistics;
  return await CarriedStatistics.stage(session, source.facts, statistics.analysed, async (into) => {
    await session.execute(`set client_encoding = '${text.encoding}'`);
    const counted = new CountedRows(source.read(file), () => {});
    await pipeline(counted, session.copyIn(into), { signal });
    await session.execute("set client_encoding = 'UTF8'");
    if (counted.rows === file.rows) return;
    const message = `${file.name} of ${source.facts.label} holds ${countOf(counted.rows, 'row')}, but its manifest says ${file.rows}.`;
    throw new FailureError(failure('dump-damaged', message, { object: file.name }));
  });
}
