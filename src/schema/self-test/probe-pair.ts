import { randomBytes } from 'node:crypto';
import { failure, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { dropSubscriptions } from '../probes/write-script.ts';

/** What every database and role of a self-test is called by; the number is when it was made, in seconds. */
const prefix = 'pgrehearse_selftest_';
/** Of a self-test that was killed; one that is at work is minutes old. Seconds. */
const forgottenAfter = 3600;

/** A name that only we use, and that says when it was made. */
export function selfTestName(context: Context, what: string): string {
  return `${prefix}${Math.floor(context.now().getTime() / 1000)}_${randomBytes(4).toString('hex')}_${what}`;
}

/** Two empty databases of our own, for as long as `use` takes; they are dropped also when it fails or is interrupted. */
export async function withPair<T>(context: Context, server: Address, use: (left: Address, right: Address) => Promise<Result<T>>): Promise<Result<T>> {
  const names = [selfTestName(context, 'left'), selfTestName(context, 'right')] as const;
  const [left, right] = [
    { ...server, database: names[0] },
    { ...server, database: names[1] },
  ];
  const work = async () => {
    const made = await onServer(context, server, async (session) => {
      for (const name of names) await session.execute(`create database ${name} template template0`);
      return ok();
    });
    return made.ok ? await use(left, right) : made;
  };
  // Nobody can interrupt this: what is ours has to go.
  const drop = () => dropPair({ ...context, signal: new AbortController().signal }, server, [left, right]);
  let result: Result<T>;
  try {
    result = await work();
  } catch (error) {
    await drop();
    throw error;
  }
  const dropped = await drop();
  if (dropped.ok) return result;
  return fail(failure('cleanup-failed', `${names.join(' and ')} could not be dropped: ${dropped.failure.message}`, { cure: 'Drop these two databases.' }));
}

async function dropPair(context: Context, server: Address, pair: readonly Address[]): Promise<Result<void>> {
  for (const address of pair) {
    // A subscription keeps its database from being dropped. Without a right to it there is none of ours.
    await onServer(context, address, async (session) => {
      await session.execute(dropSubscriptions);
      return ok();
    });
  }
  return await onServer(context, server, async (session) => {
    for (const { database } of pair) await session.execute(`drop database if exists ${database} with (force)`);
    return ok();
  });
}

/** Drops what self-tests left that were killed: databases and roles of our names, made long ago, that are our role's and in which nobody is. */
export async function dropForgotten(context: Context, session: Session): Promise<void> {
  const before = Math.floor(context.now().getTime() / 1000) - forgottenAfter;
  const databases = await session.query<{ name: string }>(
    `select d.datname as name from pg_catalog.pg_database d
      where d.datname ~ '^${prefix}[0-9]+_[0-9a-f]+_(left|right)$' and split_part(d.datname, '_', 3)::bigint < $1
        and pg_catalog.pg_has_role(d.datdba, 'USAGE') and not exists (select from pg_catalog.pg_stat_activity a where a.datid = d.oid)
      order by 1`,
    [before],
  );
  const { address } = session;
  for (const { name } of databases) await dropPair(context, address, [{ ...address, database: name }]);
  const roles = await session.query<{ name: string }>(
    `select r.rolname as name from pg_catalog.pg_roles r
      where r.rolname ~ '^${prefix}[0-9]+_[0-9a-f]+_role$' and split_part(r.rolname, '_', 3)::bigint < $1 order by 1`,
    [before],
  );
  // Another one's, or one that is still used, stays.
  for (const { name } of roles) await session.execute(`drop role ${name}`).catch(() => undefined);
}

/** Lends a session; what goes wrong on the server is `compare-failed`. */
export async function onServer<T>(context: Context, address: Address, use: (session: Session) => Promise<Result<T>>): Promise<Result<T>> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse self-test', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    await session
      .execute("set lc_messages = 'C'; set client_min_messages = error; set lock_timeout = '10s'; set statement_timeout = '60s'")
      .catch(() => undefined);
    return await use(session);
  } catch (error) {
    if (context.signal.aborted) return fail(failure('interrupted', 'The self-test was interrupted.'));
    if (error instanceof SqlError) return fail(failure('compare-failed', `The self-test could not be run: ${error.fields.message}.`, { sql: error.fields }));
    throw error;
  }
}
