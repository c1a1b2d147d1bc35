import type { AuroraSettings } from '../../config/settings/aurora.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { type AsideSource, setAuroraAside } from '../cloud/open-aurora.ts';
import { withSession } from '../with-session.ts';
import { noSecond, type SecondClones } from './second-clones.ts';

/**
 * Further clones of an Aurora throwaway: before anything is migrated on it, it is cloned by copy-on-write. That copy waits without an instance, so that it costs next to
 * nothing. Whoever asks gets it, served by an instance, once another copy was made of it, untouched, for the next.
 *
 * Fails with `interrupted` alone: where no copy can be made, that is told to whoever asks for one.
 */
export async function copiesOfClone(context: Context, settings: AuroraSettings, first: LiveSource, folder: string): Promise<Result<SecondClones>> {
  const { identifier } = first;
  if (identifier === undefined) throw new Error('a cluster that was restored has no name');
  const instant = await transactionOf(context, first.address);
  if (!instant.ok) return instant;
  const copy = (of: string) => setAuroraAside(context, settings, folder, of);
  const tell = (text: string) => context.emit({ type: 'step', phase: 'provision', text });
  tell(`Keeping ${identifier} as it is now in a copy-on-write clone of it, for what needs another clone`);
  let next: Result<AsideSource> = await copy(identifier);
  if (!next.ok && next.failure.code === 'interrupted') return next;
  if (!next.ok) tell(`There will be no other clone: ${next.failure.message}`);
  return ok({
    afterLoadRan: true,
    async open() {
      if (!next.ok) return next;
      const current = next.value;
      const opened = await current.open(async (served) => {
        next = await copy(served);
      });
      // It went by itself; where no other one was made of it, none is left.
      if (!opened.ok && next.ok && next.value === current) next = opened;
      if (!opened.ok) return opened;
      const shown = await transactionOf(context, opened.value.address);
      if (shown.ok && BigInt(shown.value) > BigInt(instant.value)) return opened;
      await opened.value[Symbol.asyncDispose]();
      return shown.ok ? noSecond(`${opened.value.identifier} doesn’t show what ${identifier} held before it was migrated`, 'Run again.') : fail(shown.failure);
    },
    async [Symbol.asyncDispose]() {
      if (next.ok) await next.value[Symbol.asyncDispose]();
    },
  });
}

/** A new transaction: whatever copy has a later one holds all that was written before. */
async function transactionOf(context: Context, address: Address): Promise<Result<string>> {
  return await withSession(context, address, async (session) => {
    const [row] = await session.query<{ id: string }>('select pg_catalog.pg_current_xact_id()::text as id');
    return ok(row?.id ?? '0');
  });
}
