import type { Settings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';
import { openPlace } from '../cloud/open-place.ts';

/**
 * Whether what somebody calls a clone is production itself, found out by a session of ours that production would have to list. Gives what isn't known then, as the rest of the
 * sentence "not known: …"; undefined where the clone is on another server. A clone beside production, on its server, is one: it is told.
 *
 * Fails with `attached-is-production`. Where production can't be asked that is no failure: an attached clone is only read.
 */
export async function proveNotProduction(
  context: Context,
  { preflight, runbook }: Pick<Settings, 'preflight' | 'runbook'>,
  clone: Address,
  folder: string,
): Promise<Result<string | undefined>> {
  const [place, what] = preflight.source === undefined ? [runbook.production, 'runbook.production'] : [preflight.source, 'preflight.source'];
  if (place === undefined) return ok('whether the attached clone is production itself: neither preflight.source nor runbook.production says where that is');
  const unasked = (why: string) => ok(`whether the attached clone is production itself: ${why}`);
  const opened = await openPlace(context, place, folder, what);
  if (!opened.ok) return opened.failure.code === 'interrupted' ? opened : unasked(opened.failure.message);
  await using production = opened.value;
  const kinship = await context.edge.postgres.isSameServer(production.address, clone, context.signal);
  if (!kinship.ok) return kinship.failure.code === 'interrupted' ? kinship : unasked(kinship.failure.message);
  switch (kinship.value) {
    case 'different':
      context.emit({ type: 'step', phase: 'preconditions', text: `Proved: the attached clone is not on production’s server (${what})` });
      return ok(undefined);
    case 'same-server':
      return ok(`what reading the attached clone costs production: it is a database on the very server of production (${what})`);
    case 'same-database':
      return fail(
        failure('attached-is-production', `${showAddress(clone)} leads to the very database that is production (${what}); nothing was read there.`, {
          object: showAddress(clone),
        }),
      );
  }
}
