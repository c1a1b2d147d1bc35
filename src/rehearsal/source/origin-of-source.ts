import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImageOrigin } from '../../cluster/image-origin.ts';
import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { findDump } from '../../source/find-dump.ts';
import { auroraLabel } from '../cloud/aurora-label.ts';
import { azureLabel } from '../cloud/azure-label.ts';
import { knownAddress, placeOfSource } from '../cloud/place.ts';
import { rdsLabel } from '../cloud/rds-label.ts';
import { type AfterLoadScript, afterLoadSha256, readAfterLoad } from '../load/after-load.ts';

/**
 * By what the images of a source are found again; undefined where that can't be told (no such dump, no URL): opening the source then says why.
 * A dump is read through once for it, of a dump folder only the manifest, which holds the hashes of all its files.
 */
export async function originOfSource(
  context: Context,
  settings: Pick<Settings, 'source' | 'masking' | 'clone'>,
  folder: string,
): Promise<ImageOrigin | undefined> {
  const { source, masking, clone } = settings;
  const read = await readAfterLoad(folder, clone.afterLoad);
  if (!read.ok) return undefined;
  const decisions = { masking, afterLoad: read.value, statistics: clone.statistics };
  if ('dump' in source) {
    return await originOfDump(context, join(folder, source.dump), source.roles === undefined ? undefined : join(folder, source.roles), decisions);
  }
  if ('aurora' in source) {
    const { database = '', snapshot } = source.aurora;
    return {
      source: `${auroraLabel(source.aurora)}/${database}${snapshot?.identifier === undefined ? '' : ` of ${snapshot.identifier}`}`,
      ...decided(decisions),
    };
  }
  if ('azure' in source) {
    const { database, pointInTime } = source.azure;
    return { source: `${azureLabel(source.azure)}/${database}${pointInTime === undefined ? '' : ` at ${pointInTime}`}`, ...decided(decisions) };
  }
  if ('rds' in source) {
    const { database = '', snapshot } = source.rds;
    return { source: `${rdsLabel(source.rds)}/${database}${snapshot.identifier === undefined ? '' : ` of ${snapshot.identifier}`}`, ...decided(decisions) };
  }
  const address = knownAddress(context, placeOfSource(source) ?? {});
  if (address === undefined) return undefined;
  const { host, port, database } = address;
  return { source: `${host}:${port}/${database}`, ...decided(decisions) };
}

/** @param path absolute, of a dump or of a folder whose newest dump is meant */
export async function originOfDump(context: Context, path: string, roles: string | undefined, decisions: Decisions): Promise<ImageOrigin | undefined> {
  const found = await findDump(path);
  if (!found.ok) return undefined;
  const hash = createHash('sha256');
  const parts = [found.value.kind === 'folder' ? join(found.value.path, 'manifest.json') : found.value.path, ...(roles === undefined ? [] : [roles])];
  try {
    for (const part of parts) await pipeline(createReadStream(part, { highWaterMark: 1024 * 1024 }), hash, { end: false, signal: context.signal });
  } catch {
    // A missing file or an interruption: whoever opens the dump says which.
    return undefined;
  }
  return { source: `dump ${basename(found.value.path)}`, contentSha256: hash.digest('hex'), ...decided(decisions) };
}

/** What the team decided about each copy. */
interface Decisions {
  readonly masking: Settings['masking'];
  readonly afterLoad: readonly AfterLoadScript[];
  readonly statistics: Settings['clone']['statistics'] | undefined;
}

/** Also of a dump: one that isn't masked is refused where the team decided to mask. */
function decided({ masking, afterLoad, statistics }: Decisions): Omit<ImageOrigin, 'source' | 'contentSha256'> {
  return withoutUndefined({
    maskingSha256: masking === undefined ? undefined : createHash('sha256').update(JSON.stringify(masking)).digest('hex'),
    afterLoadSha256: afterLoadSha256(afterLoad),
    statistics: statistics === 'analyze' ? statistics : undefined,
  });
}
