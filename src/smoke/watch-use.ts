import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Session } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { type CloneUse, wasUsed } from '../core/smoke.ts';

/** How long sessions of ours that were closed may take to be gone. */
const goneWithinMs = 2_000;
/** Servers before 15 count with a delay. Newer ones have counted a session before it disappears from pg_stat_activity, so that it is always seen in one of both. */
const lateMs = (serverVersionNum: number) => (serverVersionNum >= 150_000 ? 0 : 2_000);
const lookEveryMs = 50;

/** Sessions of one database, as its server sees them from another one: whoever looks isn't among them. */
export interface UseWatch extends AsyncDisposable {
  /** Remembers how it is now. Waits until sessions of ours that were closed are gone, so that they aren't counted later. */
  begin(): Promise<UseSince>;
  /** Sessions that we ourselves opened there, and that don't count. */
  opened(sessions: number): void;
}

export interface UseSince {
  /** What was noticed since; waits a little where that is nothing and the server counts late. */
  end(): Promise<CloneUse>;
  /** The same without waiting: nothing may only mean that nothing was counted yet. */
  soFar(): Promise<CloneUse>;
}

interface Counted {
  readonly now: string;
  readonly sessions: string | null;
  readonly ours: string;
}

/** How many sessions the database has had until now, and how many of ours there are; sessions are counted since PostgreSQL 14. */
const countQuery = (serverVersionNum: number) => `
select pg_catalog.clock_timestamp()::text as now,
       ${serverVersionNum >= 140_000 ? 'd.sessions' : 'null'}::text as sessions,
       (select pg_catalog.count(*) from pg_catalog.pg_stat_activity a where a.datid = d.datid and a.application_name = 'pgrehearse')::text as ours
from pg_catalog.pg_stat_database d
where d.datname = $1`;

/** Sessions of others that ran something, or began, since an instant. */
const activeQuery = `
select pg_catalog.count(*) filter (where a.backend_start < $2::timestamptz)::int as statements,
       pg_catalog.count(*) filter (where a.backend_start >= $2::timestamptz)::int as sessions
from pg_catalog.pg_stat_activity a
where a.datname = $1 and a.backend_type = 'client backend' and a.application_name not in ('pgrehearse', 'pgrehearse isolation')
  and (a.query_start >= $2::timestamptz or a.backend_start >= $2::timestamptz)`;

/**
 * Watches who uses a clone, from a session in another database of its server.
 * Fails where no session can be had there.
 */
export async function watchUse(context: Context, admin: Address): Promise<Result<UseWatch>> {
  const connected = await connectBeside(context, admin);
  if (!connected.ok) return connected;
  const session = connected.value;
  const { database } = admin;
  const query = countQuery(session.serverVersionNum);
  const count = async () => {
    const [row] = await session.query<Counted>(query, [database]);
    if (row === undefined) throw new Error(`there is no database ${database}`);
    return row;
  };
  let ours = 0;
  return ok({
    opened(sessions) {
      ours += sessions;
    },
    async begin() {
      const oursBefore = ours;
      let first = await count();
      for (const until = performance.now() + goneWithinMs; Number(first.ours) > 0 && performance.now() < until; first = await count()) await sleep(lookEveryMs);
      const soFar = async () => await useSince(session, database, first, await count(), ours - oursBefore);
      return {
        soFar,
        async end() {
          const until = performance.now() + lateMs(session.serverVersionNum);
          for (;;) {
            const use = await soFar();
            if (wasUsed(use) || performance.now() > until || context.signal.aborted) return use;
            await sleep(lookEveryMs);
          }
        },
      };
    },
    [Symbol.asyncDispose]: () => session.close(),
  });
}

async function useSince(session: Session, database: string, first: Counted, last: Counted, ours: number): Promise<CloneUse> {
  const counted = first.sessions === null || last.sessions === null ? 0 : Number(last.sessions) - Number(first.sessions) - ours;
  const [active] = await session.query<{ statements: number; sessions: number }>(activeQuery, [database, first.now]);
  return { sessions: Math.max(0, counted, active?.sessions ?? 0), statements: (active?.statements ?? 0) > 0 };
}

/** In a database that isn't watched: `postgres` where there is one. */
async function connectBeside(context: Context, admin: Address): Promise<Result<Session>> {
  const others = ['postgres', 'template1'].filter((database) => database !== admin.database);
  let last: Result<Session> | undefined;
  for (const database of others) {
    last = await context.edge.postgres.connect({ ...admin, database }, { applicationName: 'pgrehearse', signal: context.signal });
    if (last.ok) return last;
  }
  if (last === undefined) throw new Error('no database to look from');
  return last;
}
