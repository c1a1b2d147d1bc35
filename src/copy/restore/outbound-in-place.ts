import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { stopScheduledJobs } from './outbound-functions.ts';

/** What was switched off, a sentence each, and what the server's administrator may not switch off. */
export interface SwitchedOff {
  readonly notes: readonly string[];
  readonly left: readonly FidelityLoss[];
}

/**
 * Which subscriptions are on, or hold a slot, on the whole server? They go on pulling production's changes, and use its slots up; dropping one drops its slot.
 */
const subscriptionQuery = `
  select s.subname as "name", d.datname as "database", d.datname = pg_catalog.current_database() as "here"
    from pg_catalog.pg_subscription s join pg_catalog.pg_database d on d.oid = s.subdbid
   where s.subenabled or s.subslotname is not null order by d.datname collate "C", s.subname collate "C"`;

/** Which users may enter which foreign servers? */
const mappingQuery = `
  select m.srvname as "server", case when m.umuser = 0 then 'public' else pg_catalog.quote_ident(m.usename) end as "user"
    from pg_catalog.pg_user_mappings m order by 1, 2`;

/** Extensions whose functions open connections by themselves. */
const reachingQuery = `
  select e.extname as "name" from pg_catalog.pg_extension e
   where e.extname in ('dblink', 'http', 'plproxy', 'amqp', 'pg_curl', 'pg_net', 'aws_lambda', 'aws_s3', 'azure_storage') order by 1`;

/** Where pg_cron's table is, if its worker runs at all. */
const cronDatabaseQuery = `select pg_catalog.current_setting('cron.database_name', true) as "database"`;

/**
 * Keeps a restored copy of production from reaching its neighbours: user mappings go, subscriptions are off and without a slot, jobs of pg_cron are
 * inactive. To be called before anything else uses the copy, by an administrator that needn't be a superuser; what that one may not switch off is
 * returned, never passed over. Throws SqlError when the server is lost.
 */
export async function switchOffInPlace(session: Session): Promise<SwitchedOff> {
  const notes: string[] = [];
  const left: FidelityLoss[] = [];
  const attempt = async (kind: string, name: string, body: () => Promise<readonly string[]>) => {
    try {
      notes.push(...(await body()));
    } catch (error) {
      if (!(error instanceof SqlError) || /^(08|57)/.test(error.fields.sqlstate)) throw error;
      left.push(reachesOut(kind, name, error.fields.message, error.fields.sqlstate));
    }
  };
  for (const { name, database, here } of await session.query<{ name: string; database: string; here: boolean }>(subscriptionQuery)) {
    if (!here) {
      left.push(reachesOut('subscription', name, `it is in the database ${database}, which the rehearsal doesn’t enter`));
      continue;
    }
    await attempt('subscription', name, async () => {
      const quoted = quoteIdentifier(name);
      await session.execute(`alter subscription ${quoted} disable`);
      await session.execute(`alter subscription ${quoted} set (slot_name = none)`);
      return [`subscription ${name} was switched off on purpose, and lost its slot: a copy must not subscribe`];
    });
  }
  for (const { server, user } of await session.query<{ server: string; user: string }>(mappingQuery)) {
    await attempt('user mapping', `${user} at ${server}`, async () => {
      await session.execute(`drop user mapping for ${user} server ${quoteIdentifier(server)}`);
      return [`user mapping for ${user} at ${server} was removed on purpose: a copy must not reach foreign servers`];
    });
  }
  await attempt('extension', 'pg_cron', () => stopScheduledJobs(session));
  const [cron] = await session.query<{ database: string | null }>(cronDatabaseQuery);
  if (cron?.database && cron.database !== session.address.database) {
    left.push(reachesOut('extension', 'pg_cron', `its jobs are in the database ${cron.database}, which the rehearsal doesn’t enter`));
  }
  for (const { name } of await session.query<{ name: string }>(reachingQuery)) {
    left.push(reachesOut('extension', name, 'its functions open connections, and only the cloud’s own superuser could switch them off'));
  }
  return { notes, left };
}

function reachesOut(kind: string, name: string, why: string, sqlstate?: string): FidelityLoss {
  return {
    object: { kind, name },
    message: `${kind} ${name} can still reach other servers from the copy: ${why}`,
    cure: 'Switch it off in clone.afterLoad, or close the copy’s network (security groups, parameter group), and accept this in clone.acceptLosses with the reason.',
    ...(sqlstate === undefined ? {} : { sqlstate }),
  };
}
