import { SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { openHasher } from './hash-tables.ts';

/** Asks in a session in which texts look the same everywhere. Undefined where the server refuses the question: a type, cast or value that isn't there or doesn't fit. Throws FailureError. */
export async function askHasher<T>(context: Context, address: Address, ask: (session: Session) => Promise<T | undefined>): Promise<T | undefined> {
  await using session = await openHasher(context, address);
  try {
    return await ask(session);
  } catch (error) {
    if (error instanceof SqlError) return undefined;
    throw error;
  }
}
