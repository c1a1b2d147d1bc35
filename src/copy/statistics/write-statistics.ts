import type { DumpManifest } from '../../core/dump-manifest.ts';
import type { Context } from '../../core/ports.ts';
import { CountedRows, joined } from '../dump/counted-rows.ts';
import { type DumpFolder, writeDumpFile } from '../dump/dump-file.ts';
import { openReader } from '../live/copy-tables.ts';
import type { SteadySource } from '../live/steady-source.ts';
import { statisticsQuery, statisticsSettings } from './statistics-query.ts';
import { surveyStatistics } from './survey-statistics.ts';

/**
 * Writes what a live source's planner knows into a dump folder, at the source's snapshot: rows as they are staged on a copy. Nothing of masked columns is in it.
 * Throws FailureError and errors of the file system.
 */
export async function writeStatistics(context: Context, source: SteadySource, folder: DumpFolder): Promise<NonNullable<DumpManifest['statistics']>> {
  return await source.read('reading planner statistics', async (from) => {
    await using reader = await openReader(context, from);
    await reader.execute(statisticsSettings);
    const survey = await surveyStatistics(reader, from.masking, from.facts.isStandby);
    const counted = new CountedRows(reader.copyOut(`copy (${statisticsQuery(survey, reader.serverVersionNum)}) to stdout`), () => {});
    const file = await writeDumpFile(folder, 'statistics.copy.zst', joined(counted), context.signal);
    return { file: { ...file, rows: counted.rows, bytes: counted.bytes }, analysed: survey.analysed };
  });
}
