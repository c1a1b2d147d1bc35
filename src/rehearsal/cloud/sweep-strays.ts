import { tagNames } from '../../cloud/cloud-tags.ts';
import type { Patience } from '../../cloud/cloud-thing.ts';
import { findStrays, kindOf, removeStray, type Stray } from '../../cloud/find-strays.ts';
import type { CloudPlace } from '../../cloud/inventory.ts';
import type { Failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';

/** Something in a cloud that is ours by its tags, and of which this machine's ledger knows nothing. */
export interface ShownStray {
  readonly thing: string;
  readonly identifier: string;
  readonly account: string;
  readonly region: string;
  /** `user@machine` */
  readonly owner?: string;
  /** ISO 8601; absent: to be kept. */
  readonly deleteAfter?: string;
  readonly isExpired: boolean;
}

export interface SweptStrays {
  readonly removed: readonly ShownStray[];
  /** What stays, because nobody wanted it removed. */
  readonly strays: readonly ShownStray[];
  /** What should have been removed and could not be. */
  readonly failures: readonly Failure[];
  /** Why a place could not be looked through. */
  readonly unseen: readonly Failure[];
}

/**
 * Looks through the configured clouds for what is ours by its tags alone, and deletes it where somebody wants that.
 *
 * @param adopt `expired`: what is past the time that its tag names; `all`: also what may be at work for somebody
 */
export async function sweepStrays(
  context: Context,
  places: readonly CloudPlace[],
  { adopt, dryRun, patience }: { readonly adopt: 'expired' | 'all' | undefined; readonly dryRun: boolean; readonly patience: Patience | undefined },
): Promise<SweptStrays> {
  const { strays, failures: unseen } = await findStrays(context, places);
  const isWanted = ({ isExpired }: Stray) => adopt === 'all' || (adopt === 'expired' && isExpired);
  const removed: ShownStray[] = [];
  const failures: Failure[] = [];
  for (const stray of strays.filter(isWanted)) {
    const done = dryRun ? undefined : await removeStray(context, stray, patience);
    if (done?.ok === false) failures.push(done.failure);
    else removed.push(show(stray));
  }
  return { removed, failures, unseen, strays: strays.filter((stray) => !isWanted(stray)).map(show) };
}

function show({ thing, identifier, place, tags, isExpired }: Stray): ShownStray {
  const [owner, deleteAfter] = [tags[tagNames.owner], tags[tagNames.deleteAfter]];
  return {
    ...{ thing: kindOf(thing), identifier, account: place.account, region: place.access.region, isExpired },
    ...(owner === undefined ? {} : { owner }),
    ...(deleteAfter === undefined ? {} : { deleteAfter }),
  };
}
