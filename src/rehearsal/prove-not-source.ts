import { failure } from '../core/failure.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type Address, showAddress } from '../core/server.ts';

/** Refuses a target that is, or can't be told from, the source's server. A dump has no server that could be hurt. */
export async function proveNotSource(context: Context, source: OpenSource, target: Address): Promise<Result<void>> {
  if (source.kind === 'script') return ok();
  const answer = await context.edge.postgres.isSameServer(source.address, target, context.signal);
  if (!answer.ok) return answer;
  if (answer.value === 'different') return ok();
  const shown = showAddress(target);
  return fail(failure('target-is-source', `${shown} is on the very server that is the source; nothing was changed there.`, { object: shown }));
}
