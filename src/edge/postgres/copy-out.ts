import type { Readable } from 'node:stream';
import type pg from 'pg';
import { to } from 'pg-copy-streams';

/** COPY … TO STDOUT as a stream that reads no faster than it is read. The server's error destroys it. */
export type CopyOut = Readable & pg.Submittable & { readonly failedAtServer: () => boolean };

export function copyOut(statement: string, describe: (error: unknown) => unknown): CopyOut {
  const stream = to(statement) as unknown as Readable & pg.Submittable & { handleError: (error: unknown) => void };
  let failed = false;
  // The library only emits an error and leaves the stream open: whoever waits for its end would wait for ever.
  stream.handleError = (error) => {
    failed = true;
    stream.destroy(describe(error) as Error);
  };
  return Object.assign(stream, { failedAtServer: () => failed });
}
