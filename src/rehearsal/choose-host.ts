import { checkDisk } from '../cluster/check-disk.ts';
import { methodsHere } from '../cluster/clone-method/methods-here.ts';
import type { ImageOrigin } from '../cluster/image-origin.ts';
import { localHost } from '../cluster/local-host.ts';
import type { Settings } from '../config/schema.ts';
import type { CloneHost, InPlaceHost } from '../core/clone-host.ts';
import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Beginning } from './choose-beginning.ts';
import { externalHost, type ReservedTarget } from './external-host.ts';
import { inPlaceHost } from './in-place/in-place-host.ts';
import { inPlaceOf, serverOf } from './in-place/is-in-place.ts';
import { buildForSource } from './load/image-of-source.ts';
import { wishedExtensions } from './pg-tap/wished-extensions.ts';
import type { RehearseRequest } from './request.ts';
import type { Run } from './run.ts';

/**
 * Where the file system can't share blocks: the one to migrate, one for the baseline, one for a second try. An overlay too has a copy of each table that
 * was read, and a run reads all of them.
 */
const wholeClones = 3;
/** As much again for a migration that rewrites tables. */
const rewrites = 1;
const emptyServerBytes = 60 * 1024 * 1024;

/** Where the copies of this source are going to live. All that stands in the way is told at once. */
export async function chooseHost(
  context: Context,
  run: Run,
  { settings, folder }: Pick<RehearseRequest, 'settings' | 'folder'>,
  beginning: Beginning,
  reserved: ReservedTarget | undefined,
): Promise<Result<CloneHost | InPlaceHost>> {
  const { source } = beginning;
  const target = serverOf(settings);
  const inPlace = inPlaceOf(settings) !== undefined;
  if (!inPlace && (target === undefined || reserved === undefined)) return await ownServers(context, settings, beginning);
  if (source === undefined) throw new Error('images are reused on servers of our own only');
  if (target === undefined || reserved === undefined) return await inPlaceHost(context, { settings, folder, source });
  return await externalHost(context, run, reserved, { target, clone: settings.clone }, source);
}

/**
 * Whether this machine has room for the clones of a source of this size. Fails with `disk-short`.
 *
 * @param images how many images of it have yet to be made
 */
export async function roomForClones(context: Context, { clone: { method } }: Pick<Settings, 'clone'>, sizeBytes: number, images = 1): Promise<Result<void>> {
  const sharesBlocks = method !== 'copy' && (await methodsHere(context)).some((each) => each.method === 'reflink' && each.reason === undefined);
  const copies = images + (sharesBlocks ? 0 : wholeClones) + rewrites;
  return await checkDisk(context, (sizeBytes + emptyServerBytes) * copies);
}

async function ownServers(context: Context, settings: Settings, { facts, known, origin }: Beginning): Promise<Result<CloneHost>> {
  const { method } = settings.clone;
  const room = await roomForClones(context, settings, facts.sizeBytes, known === undefined ? 1 : 0);
  const build = await buildForSource(context, facts, settings.clone.acceptOtherMajor, 'preconditions', wishedExtensions(settings));
  if (room.ok && build.ok) return ok(localHost(build.value, { method, keep: keepFor(context, settings, origin) }));
  const problems: Failure[] = [];
  for (const result of [room, build]) if (!result.ok) problems.push(...(result.failure.problems ?? [result.failure]));
  const [first] = problems;
  if (first === undefined) throw new Error('a precondition failed without a problem');
  return fail(problems.length === 1 ? first : { ...first, problems });
}

/** Data of production stays on this machine only where the team asked for it. */
function keepFor(context: Context, { image }: Settings, origin: ImageOrigin | undefined) {
  if (image.keepHours === undefined || origin === undefined) return undefined;
  return { origin, expiresAt: new Date(context.now().getTime() + image.keepHours * 3_600_000).toISOString() };
}
