import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';

/** The lock under which a name is given. */
export const keepingLock = 'keeping';

export interface KeepOptions {
  /** ISO 8601. */
  readonly expiresAt?: string | undefined;
  /** A clone whose name this one takes over. */
  readonly replaces?: Resource | undefined;
}

/**
 * Keeps a clone under its label, which from now on is its name, and which only one can have: of several that are made at the same time, the first one to get here.
 * Fails with `clone-name-taken`.
 */
export async function keepClone(context: Context, { id, label }: Resource, { expiresAt, replaces }: KeepOptions): Promise<Result<Resource>> {
  return await context.ledger.oneAtATime(keepingLock, async () => {
    const isAnother = (line: Resource) => line.id !== id && line.id !== replaces?.id && isKeptAs(line, label);
    if ((await context.ledger.list()).some(isAnother)) return fail(nameTaken(label));
    return ok(await context.ledger.amend(id, { kept: true, ...(expiresAt === undefined ? {} : { expiresAt }) }));
  });
}

/** Whether a line is that of a kept clone of this name, on a server of ours or another. */
export function isKeptAs({ kind, kept, label, facts }: Resource, name: string): boolean {
  return kept && label === name && (kind === 'clone' || (kind === 'database' && facts.use === 'clone'));
}

export function nameTaken(name: string) {
  return failure('clone-name-taken', `There is a clone named ${name} already.`, { object: name });
}
