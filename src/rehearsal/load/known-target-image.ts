import { listTargetImages, readTargetMemo, type TargetImage } from '../../cluster/external/target-image.ts';
import type { TargetServer } from '../../cluster/external/target-server.ts';
import { type ImageOrigin, sameOrigin } from '../../cluster/image-origin.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { type ImageMemo, parseMemo } from './image-memo.ts';

export interface KnownTargetImage {
  readonly image: TargetImage;
  readonly resource: Resource;
  readonly memo: ImageMemo;
}

/** An image that goes within this time is not offered: gc could take it while a clone is being made of it. */
const lastMinutesMs = 5 * 60_000;

/** The newest kept image of an origin on this very server, run by binaries of the same major; undefined where there is none. */
export async function knownTargetImage(context: Context, { identifier, major }: TargetServer, origin: ImageOrigin): Promise<KnownTargetImage | undefined> {
  const until = context.now().getTime() + lastMinutesMs;
  for (const { image, resource } of (await listTargetImages(context)).toReversed()) {
    const { kept, expiresAt } = resource;
    if (!kept || image.identifier !== identifier || image.major !== major || (expiresAt !== undefined && Date.parse(expiresAt) < until)) continue;
    if (image.origin === undefined || !sameOrigin(image.origin, origin)) continue;
    const memo = parseMemo(await readTargetMemo(image, resource));
    if (memo !== undefined) return { image, resource, memo };
  }
  return undefined;
}
