import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
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
  const name = String(resource.facts.database);
  const drop = async (session: Session) => await dropStamped(calm, session, resource, name);
  const dropped = address === undefined ? await onTargetOf(calm, resource, drop) : await onTarget(calm, address, drop);
  return await tellRemoval(context, resource, dropped);
}

async function dropStamped(context: Context, session: Session, resource: Resource, name: string): Promise<Result<void>> {
  await endMakers(session, name);
  const role = await readStampedRole(session, name);
  const [database] = await session.query<{ connectable: boolean }>('select datallowconn as connectable from pg_catalog.pg_database where datname = $1', [name]);
  if (role !== undefined && role.stamp?.id !== resource.id) return fail(failure('target-not-ours', `the role ${name} has no stamp of ours`));
  if (database === undefined && role === undefined) return ok();
  if (role === undefined) return fail(failure('target-not-ours', `the database ${name} has no stamp of ours`));
  if (database !== undefined) {
    await freeDatabase(context, session, name);
    await session.execute(`drop database ${quoteIdentifier(name)} with (force)`);
  }
  await session.execute(`drop role ${quoteIdentifier(name)}`);
  return ok();
}

/** A server goes on making a database for a while after the client that asked for it was killed: then it would come up behind our back. */
async function endMakers(session: Session, name: string): Promise<void> {
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
