import type { Session } from '../../src/core/ports.ts';
import type { Address } from '../../src/core/server.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { type Major, withDatabase } from './databases.ts';

/** A test database with a session on it, as superuser, and its address for more. */
export function withSession<T>(major: Major, sql: string, use: (session: Session, address: Address) => Promise<T>): Promise<T> {
  return withDatabase(major, sql, async (address) => {
    const connected = await makeEdge().postgres.connect(address);
    if (!connected.ok) throw new Error(connected.failure.message);
    await using session = connected.value;
    return await use(session, address);
  });
}
