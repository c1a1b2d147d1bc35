import type { Settings } from '../../config/schema.ts';
import type { TableHash } from '../../core/data.ts';
import type { Recorder } from '../record-run.ts';

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

/** How many percent of the rows hashes are of; undefined: of all, as of tables without a primary key alone. */
export function sampledPercent(hashes: readonly TableHash[]): number | undefined {
  return hashes.find((table) => table.sampledPercent !== undefined)?.sampledPercent;
}

/** Whether hashes say as much as the team wants to know. Those of all rows also do where a sample would. */
export function saysEnough(parity: Settings['data']['parity'], hashes: readonly TableHash[] | undefined): boolean {
  if (parity === 'counts') return true;
  if (hashes === undefined) return false;
  const percent = sampledPercent(hashes);
  return percent === undefined || (parity !== 'content' && percent >= parity.sample);
}
