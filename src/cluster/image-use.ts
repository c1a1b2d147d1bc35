import { closestName } from '../core/closest-name.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { isTargetImage, listTargetImages } from './external/target-image.ts';
import { listImages, type MadeImage } from './image.ts';
import { isReader } from './remove-image.ts';

/** An image of this machine as a person wants to see it. */
export interface ImageUse {
  readonly id: string;
  readonly label: string;
  readonly key?: string;
  /** On the disk; what clones write comes on top. */
  readonly sizeBytes: number;
  /** ISO 8601: the instant of production that the data shows. */
  readonly dataAsOf: string;
  readonly madeAt: string;
  /** What it was made of: host, port and database, or a dump's name. */
  readonly source: string;
  /** `15.18 (npm package pg15-linux-x64 15.18.0-beta.17)` */
  readonly server: string;
  readonly masked: boolean;
  readonly kept: boolean;
  readonly expiresAt?: string;
  /** Clones that were started from it, by name or id. */
  readonly clones: readonly string[];
  /** Those of them that read from it, so that it can't be removed. */
  readonly readers: readonly string[];
}

/** Images that are whole, oldest first, with the clones that were started from them; those on other servers come last. */
export async function listImageUse(context: Context): Promise<readonly ImageUse[]> {
  const lines = await context.ledger.list();
  const own = (await listImages(context)).map(({ image, resource }) => {
    const server = `${image.build.version} (${image.build.origin})`;
    return { ...useOf(image, resource, lines, server), ...(image.key === undefined ? {} : { key: image.key }) };
  });
  const elsewhere = (await listTargetImages(context)).map(({ image, resource }) => useOf(image, resource, lines, image.server));
  return [...own, ...elsewhere];
}

type Listed = Pick<MadeImage, 'id' | 'label' | 'sizeBytes' | 'dataAsOf' | 'madeAt' | 'origin'>;

function useOf(image: Listed, resource: Resource, lines: readonly Resource[], server: string): ImageUse {
  const clones = lines.filter(({ kind, facts }) => (kind === 'clone' || kind === 'database') && facts.image === image.id);
  return {
    id: image.id,
    label: image.label,
    sizeBytes: image.sizeBytes,
    dataAsOf: image.dataAsOf,
    madeAt: image.madeAt,
    source: image.origin?.source ?? image.label,
    server,
    masked: image.origin?.maskingSha256 !== undefined,
    kept: resource.kept,
    ...(resource.expiresAt === undefined ? {} : { expiresAt: resource.expiresAt }),
    clones: clones.map(nameOf).toSorted(),
    readers: clones
      .filter((line) => isReader(line, image.id))
      .map(nameOf)
      .toSorted(),
  };
}

/** Finds an image by its id or by the beginning of it or of its key. Fails with `image-not-found`. */
export async function findImage(context: Context, name: string): Promise<Result<Resource>> {
  // Images that were never whole can be removed too.
  const lines = (await context.ledger.list()).filter((line) => line.kind === 'image' || isTargetImage(line));
  const keys = new Map((await listImages(context)).map(({ image }) => [image.id, image.key]));
  const exact = lines.filter(({ id }) => id === name);
  const found = exact.length > 0 ? exact : lines.filter(({ id }) => name.length >= 8 && (id.startsWith(name) || keys.get(id)?.startsWith(name)));
  const [only, second] = found;
  if (only !== undefined && second === undefined) return ok(only);
  if (second !== undefined) {
    return fail(failure('image-not-found', `${name} is the beginning of several images: ${found.map(({ id }) => id).join(', ')}`, { object: name }));
  }
  const meant = closestName(
    name,
    lines.map(({ id }) => id),
  );
  return fail(failure('image-not-found', `there is no image ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`, { object: name }));
}

function nameOf({ kept, label, id }: Resource): string {
  return kept ? label : id;
}
