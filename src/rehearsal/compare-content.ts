import { hashTables } from '../copy/parity/hash-tables.ts';
import type { TableHash } from '../core/data.ts';
import type { Context } from '../core/ports.ts';
import type { Address } from '../core/server.ts';
import type { Recorder } from './record-run.ts';

/**
 * Hashes a clone as its source was hashed, and keeps both as an artifact. Undefined where the source wasn't. Throws SqlError and FailureError.
 *
 * @param clone its hashes, where they were taken before something was meant to change it
 */
export async function compareContent(context: Context, recorder: Recorder, source: readonly TableHash[] | undefined, clone: Address | readonly TableHash[]) {
  if (source === undefined) return undefined;
  if ('host' in clone) context.emit({ type: 'step', phase: 'fidelity', text: `hashing ${source.length} tables of the clone` });
  const content = { source, clone: 'host' in clone ? await hashTables(context, clone) : clone };
  await recorder.writeArtifact(
    'data/content-hashes.json',
    'Hashes of every column, of production and of the clone',
    `${JSON.stringify(content, undefined, 1)}\n`,
  );
  return content;
}
