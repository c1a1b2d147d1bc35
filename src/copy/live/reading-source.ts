import { FailureError, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import { readingFailure } from '../mask/table-failure.ts';

/** Marks errors as the source's: without it they couldn't be told from the copy's. */
export async function readingSource<T>(source: Pick<LiveSource, 'facts' | 'masking'>, doing: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SqlError) throw new FailureError(readingFailure(error, source, doing));
    throw error;
  }
}
