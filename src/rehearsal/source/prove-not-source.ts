import { failure } from '../../core/failure.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';

/**
 * Refuses a target that is, or can't be told from, the source's server. A dump has no server that could be hurt.
 *
 * @param allowSourceServer why another database on the source's own server may be the target; never the source's database
 */
export async function proveNotSource(context: Context, source: OpenSource, target: Address, allowSourceServer?: string): Promise<Result<void>> {
  if (source.kind !== 'live') return ok();
  const answer = await context.edge.postgres.isSameServer(source.address, target, context.signal);
  if (!answer.ok) return answer;
  if (answer.value === 'different' || (answer.value === 'same-server' && allowSourceServer !== undefined)) return ok();
  const shown = showAddress(target);
  const what = answer.value === 'same-database' ? 'leads to the very database that is the source' : 'is on the very server that is the source';
  return fail(failure('target-is-source', `${shown} ${what}; nothing was changed there.`, { object: shown }));
}
