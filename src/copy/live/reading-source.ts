import { FailureError, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import { sourceFailure } from '../../core/source-failure.ts';

/** Marks errors as the source's: without it they couldn't be told from the copy's. */
export async function readingSource<T>(source: Pick<LiveSource, 'facts'>, doing: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SqlError) throw new FailureError(sourceFailure(error, source.facts.label, doing));
    throw error;
  }
}
