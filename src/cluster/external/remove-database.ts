import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { removeResource } from '../remove-resource.ts';
import { onTargetOf } from './find-target.ts';
import { readStampedRole } from './stamp.ts';
import { onTarget } from './target-server.ts';
import { tellRemoval } from './tell-removal.ts';

/**
 * Drops a database of ours, its stamp, then its ledger line. Without the stamp it isn't ours, and stays. A server that can't be reached keeps its line,
 * so that a later `gc` finishes the job.
 *
 * @param address the way in, where it is known; else it is found from the line
 */
export async function removeTargetDatabase(context: Context, resource: Resource, address?: Address): Promise<Result<void>> {
  // A run that was interrupted still cleans up.
  const calm = { ...context, signal: new AbortController().signal };
  const drop = async (session: Session) => await dropStamped(calm, session, resource);
  const dropped = address === undefined ? await onTargetOf(calm, resource, drop) : await onTarget(calm, address, drop);
  // What is kept has a folder here too, which goes last: with it goes the ledger line.
  if (dropped.ok && typeof resource.facts.folder === 'string') return await removeResource(context, resource);
  return await tellRemoval(context, resource, dropped);
}

async function dropStamped(context: Context, session: Session, resource: Resource): Promise<Result<void>> {
  const name = stampName(resource);
  await endMakers(session, name);
  const found = await databasesOf(session, resource);
  if (!found.ok || found.value === undefined) return found.ok ? ok() : found;
  await dropDatabases(context, session, found.value);
  await session.execute(`drop role ${quoteIdentifier(name)}`);
  return ok();
}

/** The role that bears a database's stamp: called as the database is, unless a person gave that another name. */
export function stampName({ facts }: Resource): string {
  return String(facts.stamp ?? facts.database);
}

/**
 * The databases that a ledger line stands for, proven by the stamp; undefined where neither they nor the stamp are there. There may be two when whoever
 * made the line was killed.
 */
export async function databasesOf(session: Session, resource: Resource): Promise<Result<readonly string[] | undefined>> {
  const name = stampName(resource);
  const role = await readStampedRole(session, name);
  if (role !== undefined && role.stamp?.id !== resource.id) return fail(failure('target-not-ours', `the role ${name} has no stamp of ours`));
  const found = await session.query<{ name: string }>('select datname as name from pg_catalog.pg_database where datname = $1 or oid = $2 order by 1', [
    name,
    role?.stamp?.databaseOid ?? 0,
  ]);
  if (role !== undefined) return ok(found.map((database) => database.name));
  return found.length === 0 ? ok(undefined) : fail(failure('target-not-ours', `the database ${name} has no stamp of ours`));
}

/** Drops databases that were proven to be ours, ending the sessions in them. Throws SqlError. */
export async function dropDatabases(context: Context, session: Session, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await freeDatabase(context, session, name);
    await session.execute(`drop database if exists ${quoteIdentifier(name)} with (force)`);
  }
}

/** A server goes on making a database for a while after the client that asked for it was killed: then it would come up behind our back. */
export async function endMakers(session: Session, name: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const makers = await session.query(
      `select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where application_name = $1 and pid <> pg_catalog.pg_backend_pid()`,
      [name],
    );
    if (makers.length === 0) return;
    await sleep(50);
  }
}

/** What keeps a database from being dropped, even by force. */
const holdersQuery = `
select array(select p.gid from pg_catalog.pg_prepared_xacts p where p.database = d.datname order by p.gid) as prepared,
       array(select s.slot_name::text from pg_catalog.pg_replication_slots s where s.database = d.datname and not s.active order by 1) as slots,
       array(select s.subname::text from pg_catalog.pg_subscription s where s.subdbid = d.oid order by 1) as subscriptions
  from pg_catalog.pg_database d
 where d.datname = $1`;

/** Takes away prepared transactions, slots and subscriptions, which a migration may have made. A subscription goes without telling its publisher. */
async function freeDatabase(context: Context, session: Session, name: string): Promise<void> {
  const [holders] = await session.query<{ prepared: string[]; slots: string[]; subscriptions: string[] }>(holdersQuery, [name]);
  if (holders === undefined) return;
  const { prepared, slots, subscriptions } = holders;
  for (const slot of slots) await session.query('select pg_catalog.pg_drop_replication_slot($1)', [slot]);
  if (prepared.length + subscriptions.length === 0) return;
  await session.execute(`alter database ${quoteIdentifier(name)} allow_connections true`);
  const freed = await onTarget(context, { ...session.address, database: name }, async (inside) => {
    for (const gid of prepared) await inside.execute(`rollback prepared ${quoteLiteral(gid)}`);
    for (const subscription of subscriptions.map(quoteIdentifier)) {
      await inside.execute(`alter subscription ${subscription} disable`);
      await inside.execute(`alter subscription ${subscription} set (slot_name = none)`);
      await inside.execute(`drop subscription ${subscription}`);
    }
    return ok();
  });
  // What stays will keep the database from being dropped, whose error says it.
  void freed;
}
