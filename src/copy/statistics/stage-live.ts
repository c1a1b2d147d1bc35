import { FailureError, RelayError, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { openReader } from '../live/copy-tables.ts';
import { readingSource } from '../live/reading-source.ts';
import { readingFailure } from '../mask/table-failure.ts';
import { copyEncoding } from '../restore/session-settings.ts';
import { CarriedStatistics } from './carried-statistics.ts';
import { statisticsQuery, statisticsSettings } from './statistics-query.ts';
import { surveyStatistics } from './survey-statistics.ts';

/**
 * Sends the statistics of a live source's planner straight to the copy, at the source's snapshot; nothing of them is held in memory. The source is read by
 * a session of its own, so that an error leaves the snapshot be. Throws SqlError and FailureError.
 *
 * @param session on the copy, the one that will apply them.
 */
export async function stageLive(context: Context, source: LiveSource, session: Session): Promise<CarriedStatistics> {
  const doing = 'reading planner statistics';
  await using reader = await readingSource(source, doing, () => openReader(context, source));
  const survey = await readingSource(source, doing, async () => {
    await reader.execute(statisticsSettings);
    return await surveyStatistics(reader, source.masking, source.facts.isStandby);
  });
  return await CarriedStatistics.stage(session, source.facts, survey.analysed, async (into) => {
    const encoding = copyEncoding(source.facts.locale.encoding);
    await session.execute(`set client_encoding = '${encoding}'`);
    try {
      await reader.relayCopy(session, { out: `copy (${statisticsQuery(survey, reader.serverVersionNum)}) to stdout`, into });
    } catch (error) {
      if (!(error instanceof RelayError && error.cause instanceof SqlError)) throw error;
      throw error.side === 'source' ? new FailureError(readingFailure(error.cause, source, doing)) : error.cause;
    }
    await session.execute("set client_encoding = 'UTF8'");
  });
}
