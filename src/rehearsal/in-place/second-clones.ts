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

/** The failure of whoever asks for one where there is none: half a sentence that says why. */
export function noSecond(why: string, cure: string): Result<never> {
  return fail(failure('no-second-clone', `In place there is no second clone, since ${why}`, { cure }));
}

/** Undefined where the settings allow one. */
export function noSecondBySettings(settings: Pick<Settings, 'target' | 'source'>): Result<never> | undefined {
  const { source } = settings;
  if ('attached' in source)
    return noSecond('the attached one is all that there is', 'Let source.rds, source.aurora or source.azure make them, or leave `target` out.');
  const isMoving = 'azure' in source && source.azure.pointInTime === undefined;
  const gives = 'what needs a second clone then gets a server of its own in the cloud, which is deleted when it was used.';
  if (secondClonesOf(settings) === 'none') {
    const set = `Set target.throwaway.secondClones to "restore"${isMoving ? ', and source.azure.pointInTime' : ''}: ${gives}`;
    return noSecond('target.throwaway.secondClones is "none"', set);
  }
  return isMoving ? noSecond('two restores to the latest moment are not of one instant', `Set source.azure.pointInTime: ${gives}`) : undefined;
}

/** What becomes of second clones under these settings, for people: to be told before a server is restored for hours. */
export function tellSecondClones(settings: Settings): string {
  const none = noSecondBySettings(settings);
  if (none === undefined || none.ok) return 'Each second clone is another server, for as long as it is used';
  return `${none.failure.message}: not rehearsed are ${needSecond(settings).join(', ')}. ${none.failure.cure}`;
}

function needSecond({ rollback, interruptions, traffic, compatibility, backfills, runbook }: Settings): readonly string[] {
  const { queries, newQueries, before } = compatibility;
  const isAsked = runbook.migrations.some(({ before: checks, verify }) => checks.length + verify.length > 0);
  return [
    ...(rollback.ways === 'off' ? [] : ['ways back (rollback)']),
    ...(interruptions.enabled ? ['a deploy that is cut off and run again (interruptions)'] : []),
    ...(traffic.enabled && traffic.retries !== 'off' ? ['a lock_timeout with retries (traffic)'] : []),
    ...(queries.folder !== undefined || queries.log !== undefined || newQueries !== undefined ? ['the application’s queries (compatibility)'] : []),
    ...(before !== undefined && 'onNewSchema' in before && before.onNewSchema === 'check' ? ['today’s application (compatibility.before)'] : []),
    ...(backfills.length > 0 ? ['backfills'] : []),
    ...(isAsked ? ['queries around migrations (runbook.migrations)'] : []),
    'migrations that turn out to need another try, such as without a transaction',
  ];
}
