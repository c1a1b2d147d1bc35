import type { DumpManifest } from '../../core/dump-manifest.ts';
import type { Session } from '../../core/ports.ts';
import { type LoadProgress, LoadRecord } from './load-record.ts';

/**
 * Looks at what an interrupted load of a dump left in a database, and notes how far it had come. Returns why it can't be gone on with, as the end of "…, but"; undefined
 * where it can. Changes nothing. Throws SqlError.
 */
export async function surveyLoad(session: Session, manifest: DumpManifest, progress: LoadProgress): Promise<string | undefined> {
  const record = await LoadRecord.find(session);
  if (record === undefined) return 'its schema wasn’t whole yet, or all of it was there';
  const emptied = await record.findEmptied(session, manifest);
  if (emptied !== undefined) return `its server crashed, which emptied ${emptied}`;
  const withRows = manifest.tables.filter(({ files }) => files.length > 0);
  Object.assign(progress, { tables: withRows.filter((table) => record.hasTable(table)).length, of: withRows.length });
  return undefined;
}
