import type { Settings } from '../../config/schema.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { copiesOfClone } from './copies-of-clone.ts';
import { restoreAgain } from './restore-again.ts';
import { noSecondBySettings, type SecondClones, secondClonesOf } from './second-clones.ts';

/** To be called when the first one keeps still, and before anything is migrated on it. Fails with `interrupted`, and where the first one can’t be asked. */
export async function chooseSecondClones(context: Context, settings: Settings, first: LiveSource, folder: string): Promise<Result<SecondClones>> {
  const wanted = secondClonesOf(settings);
  if (wanted === 'restore' && 'aurora' in settings.source) return await copiesOfClone(context, settings.source.aurora, first, folder);
  return ok({
    afterLoadRan: false,
    open: async () => noSecondBySettings(settings) ?? (await restoreAgain(context, settings, first, folder)),
    [Symbol.asyncDispose]: async () => {},
  });
}
