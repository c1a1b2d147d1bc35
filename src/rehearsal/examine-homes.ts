import type { Settings } from '../config/schema.ts';
import { failure } from '../core/failure.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { showAddress } from '../core/server.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { roomForClones } from './choose-host.ts';
import { type Examined, told } from './examined.ts';
import { examineTarget, reachTarget } from './external-host.ts';
import { inPlaceOf, serverOf } from './in-place/is-in-place.ts';
import { buildForSource } from './load/image-of-source.ts';

const gigabyte = 1024 ** 3;
/** What is known of production before it is read. */
type Known = Pick<SourceFacts, 'major' | 'serverVersion'> & Partial<Pick<SourceFacts, 'extensions' | 'languages' | 'features'>>;

/**
 * Where clones would live: on the configured server, which must be reached, or on servers of our own.
 *
 * @param production undefined where nothing is known of it
 * @param source where it is open, the target proves that it is another server
 */
export async function examineHomes(context: Context, settings: Settings, production: Known | undefined, source?: OpenSource): Promise<readonly Examined[]> {
  const target = serverOf(settings);
  if (target !== undefined) {
    const wanted = { target, clone: settings.clone };
    const reached = source === undefined ? await reachTarget(context, wanted, production) : await examineTarget(context, wanted, source);
    return [told('target', reached, ({ address, version }) => `${showAddress(address)}, PostgreSQL ${version}; \`run\` makes its databases there`)];
  }
  if (production === undefined) return [];
  const needs = { extensions: [], languages: [], features: [], ...production };
  const build = await buildForSource(context, needs, settings.clone.acceptOtherMajor, 'preconditions');
  return [told('server for clones', build, ({ origin, version }) => `PostgreSQL ${version}, ${origin}`)];
}

/**
 * Whether this machine has the room. What is in a cloud has a disk that is seldom full, so that there only a hopeless case is a failure: the run itself measures.
 *
 * @param diskGb the size of production's disk, where only that is known
 * @param sizeBytes the size of its data
 */
export async function examineRoom(context: Context, settings: Settings, diskGb?: number, sizeBytes?: number): Promise<Examined> {
  const free = (await context.edge.system.freeDiskBytes(context.home.data)) / gigabyte;
  const text = `${free.toFixed(1)} GB are free in ${context.home.data}`;
  const staysHere = serverOf(settings) === undefined && inPlaceOf(settings) === undefined;
  if (sizeBytes !== undefined && staysHere) return told('disk', await roomForClones(context, settings, sizeBytes), () => `${text}: enough for clones`);
  const compared = diskGb === undefined || inPlaceOf(settings) !== undefined ? text : `${text}, and production’s disk has ${diskGb} GB`;
  const room: Result<string> =
    free >= 1
      ? ok(diskGb !== undefined && free < diskGb && compared !== text ? `${compared}: enough only if it isn’t full` : compared)
      : fail(failure('disk-short', `${compared}.`, { object: context.home.data }));
  return told('disk', room, (found) => found);
}
