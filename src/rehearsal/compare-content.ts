import type { TableHash } from '../core/data.ts';
import type { Recorder } from './record-run.ts';

/** Keeps the hashes of a source and of its clone as an artifact. Undefined where one of them isn't known. */
export async function compareContent(recorder: Recorder, source: readonly TableHash[] | undefined, clone: readonly TableHash[] | undefined) {
  if (source === undefined || clone === undefined) return undefined;
  const content = { source, clone };
  await recorder.writeArtifact(
    'data/content-hashes.json',
    'Hashes of every column, of production and of the clone',
    `${JSON.stringify(content, undefined, 1)}\n`,
  );
  return content;
}
