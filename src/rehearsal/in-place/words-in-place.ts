import type { Settings } from '../../config/schema.ts';
import { inPlaceOf } from './is-in-place.ts';
import { tellSecondClones } from './second-clones.ts';

/** What `target: "throwaway"` costs, for people. */
export const costInPlace = 'The server costs what its class costs an hour for as long as the rehearsal lasts, which may be hours, and its disk.';

/** What `run` would do in place, and with what it would do without; undefined where it isn’t in place. */
export function runInPlace(settings: Settings): string | undefined {
  if (inPlaceOf(settings) === undefined) return undefined;
  const isAttached = 'attached' in settings.source;
  const what = isAttached
    ? '`run` migrates the attached clone itself, which stays as migrated.'
    : `\`run\` migrates the restored server itself, and deletes it in the end. ${costInPlace}`;
  return `${what} ${tellSecondClones(settings)}`;
}

/** What in place means for a command that makes a copy on this machine; undefined where it isn’t in place. */
export function copyBesideInPlace(settings: Pick<Settings, 'target'>): string | undefined {
  if (inPlaceOf(settings) === undefined) return undefined;
  return 'target is "throwaway", which concerns `run` alone: that one needs no dump and no clone here. This command works on this machine all the same, which needs room for all of the data.';
}
