import { listImages, type MadeImage } from '../../cluster/image.ts';
import { type ImageOrigin, sameOrigin } from '../../cluster/image-origin.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { type ImageMemo, memoOf } from './image-memo.ts';

/** An image that was made earlier, with all that was known when it was made. */
export interface KnownImage {
  readonly image: MadeImage;
  readonly resource: Resource;
  readonly memo: ImageMemo;
}

/** An image that goes within this time is not offered: gc could take it while a clone is being made of it. */
const lastMinutesMs = 5 * 60_000;

/** Kept images of an origin that are whole, with all that belongs to them: the newest data first. */
export async function knownImages(context: Context, origin: ImageOrigin): Promise<readonly KnownImage[]> {
  const until = context.now().getTime() + lastMinutesMs;
  const found: KnownImage[] = [];
  for (const { image, resource } of await listImages(context)) {
    const { kept, owner, expiresAt } = resource;
    if (!kept || owner.host !== context.edge.system.host || (expiresAt !== undefined && Date.parse(expiresAt) < until)) continue;
    if (image.origin === undefined || !sameOrigin(image.origin, origin)) continue;
    const memo = await memoOf(image);
    if (memo !== undefined) found.push({ image, resource, memo });
  }
  return found.toSorted((a, b) => Date.parse(b.image.dataAsOf) - Date.parse(a.image.dataAsOf));
}
