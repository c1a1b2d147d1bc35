import { SqlError, type SqlErrorFields } from '../core/failure.ts';

/** What the server said against something; undefined where it was done. Other errors go on as exceptions. */
export async function failureOf(run: () => Promise<unknown>): Promise<SqlErrorFields | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return error.fields;
  }
}
