import type { Settings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import { fail, type Result } from '../../core/result.ts';
import { inPlaceOf } from './is-in-place.ts';

/** Where further servers come from, each of the very instant that the first one showed before it was migrated. Leaving an `await using` block removes what is held for them. */
export interface SecondClones extends AsyncDisposable {
  /** True: the team’s own SQL ran before they were copied. */
  readonly afterLoadRan: boolean;
  /** Another one; whoever opened it closes it. Fails with `no-second-clone`, and with what restoring or cloning fails with. */
  open(): Promise<Result<LiveSource>>;
}

/** What `target.throwaway.secondClones` comes to where it isn’t set: Aurora’s clones copy nothing, elsewhere each is a restore of its own. */
export function secondClonesOf(settings: Pick<Settings, 'target' | 'source'>): 'none' | 'restore' {
  return inPlaceOf(settings)?.secondClones ?? ('aurora' in settings.source ? 'restore' : 'none');
}

/** The failure of whoever asks for one where there is none. */
export function noSecond(why: string, cure: string): Result<never> {
  return fail(failure('no-second-clone', `It takes another clone of the same instant, and in place there is none: ${why}.`, { cure }));
}
