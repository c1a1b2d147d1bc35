import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { ok, type Result } from '../../core/result.ts';
import { attemptsLeft, type Begun, leftFor, markBegun, ownerHere, type Resumable, readBegun, tellBeginsAnew } from '../resumable-load.ts';
import { readDatabase } from './database-sessions.ts';
import { tellSessions } from './drop-target-clone.ts';
import type { EmptyDatabase } from './make-database.ts';
import { databasesOf, endMakers, removeTargetDatabase } from './remove-database.ts';
import { onTarget, type TargetServer } from './target-server.ts';

/** How safely a server writes, and since when. */
interface ServerLife {
  /** False: what it wrote is lost when its machine goes down, and it doesn't notice. */
  readonly isDurable: boolean;
  /** ISO 8601, of its first process: a crash of another one, which it survives, doesn't change it. */
  readonly startedAt: string;
}

type BegunOnTarget = Begun & ServerLife;

/**
 * What keeps neither the database nor our trust in it from being used once its cause is gone. A full disk isn't one: half a copy would go on filling it, for
 * everybody who uses that server.
 */
const passing: ReadonlySet<string> = new Set(['interrupted', 'server-lost', 'target-unreachable']);

/** Writes down that a database is being loaded, and by what a later attempt knows it. */
export async function markResumable(
  context: Context,
  target: TargetServer,
  { resource, locale, losses }: EmptyDatabase,
  resumable: Resumable,
): Promise<Result<void>> {
  const life = await onTarget(context, target.address, async (session) => ok(await readLife(session)));
  if (!life.ok) return life;
  await markBegun<BegunOnTarget>(context, resource, resumable, { locale, losses, ...life.value }, {});
  return ok();
}

/** Lets what an attempt has loaded stay, and says so in the failure; undefined where it can't be gone on with, so that it has to go. */
export async function leaveUnfinished(context: Context, resource: Resource, { reached }: Resumable, cause: Failure): Promise<Failure | undefined> {
  const far = reached();
  return far === undefined || !passing.has(cause.code) ? undefined : await leftFor(context, resource, cause, far);
}

/**
 * Takes up the database that an earlier attempt of the same load left on this very server; undefined where there is none. What can't be trusted any more is removed,
 * and said to be. Nobody else may be at work on that server: it has to be locked. Fails with `target-unreachable`, `target-failed`, and what looking at the database fails with.
 */
export async function takeUpDatabase(context: Context, target: TargetServer, resumable: Resumable): Promise<Result<EmptyDatabase | undefined>> {
  const isThere = ({ kind, facts }: Resource) => kind === 'database' && facts.use === 'image' && facts.server === target.identifier;
  for (const line of await attemptsLeft(context, resumable, isThere)) {
    const begun = await readBegun<BegunOnTarget>(line);
    if (begun === undefined) continue;
    const resource = await takeOver(context, target, line);
    const why = await whyNot(context, target, resource, begun, resumable);
    if (!why.ok) {
      await context.ledger.amend(line.id, { facts: { left: 'yes' } });
      return why;
    }
    let removed: Promise<Result<void>> | undefined;
    const remove = () => {
      removed ??= removeTargetDatabase(context, resource, target.address);
      return removed;
    };
    if (why.value === undefined) {
      const name = String(resource.facts.database);
      const { locale, losses } = begun;
      return ok({ resource, name, admin: { ...target.address, database: name }, locale, losses, remove });
    }
    tellBeginsAnew(context, why.value);
    // What stays is told, and is in the ledger for gc.
    await remove();
  }
  return ok(undefined);
}

/** As the end of "…, but". */
async function whyNot(
  context: Context,
  target: TargetServer,
  resource: Resource,
  before: BegunOnTarget,
  { survey }: Resumable,
): Promise<Result<string | undefined>> {
  const name = String(resource.facts.database);
  const looked = await onTarget(context, target.address, async (session) => {
    const found = await databasesOf(session, resource);
    if (!found.ok) return ok(found.failure.message);
    if (found.value?.includes(name) !== true) return ok('its database is gone');
    if ((await readDatabase(session, name))?.connectable !== true) return ok('its database was shut already');
    const now = await readLife(session);
    // Whatever was lost is lost in silence.
    if (!(before.isDurable && now.isDurable) && before.startedAt !== now.startedAt)
      return ok('its server was restarted, and doesn’t write safely (fsync or full_page_writes is off)');
    // A server goes on for a while with what a client asked for that was killed since.
    await endMakers(session, name);
    await tellSessions(context, session, name);
    return ok((await endSessions(session, name)) ? undefined : 'sessions in it don’t end');
  });
  if (!looked.ok || looked.value !== undefined) return looked;
  const surveyed = await survey({ ...target.address, database: name });
  return !surveyed.ok && surveyed.failure.code === 'check-failed' ? ok(surveyed.failure.message) : surveyed;
}

/** So that gc doesn't take from a load what it goes on with. */
async function takeOver(context: Context, { identifier }: TargetServer, { id }: Resource): Promise<Resource> {
  const owner = await ownerHere(context);
  for (const role of await context.ledger.list()) {
    if (role.kind !== 'role' || role.kept || role.facts.server !== identifier || role.owner.host !== owner.host) continue;
    if ((await context.edge.system.processStartedAt(role.owner.pid)) !== role.owner.processStartedAt) await context.ledger.amend(role.id, { owner });
  }
  return await context.ledger.amend(id, { owner, facts: { left: 'no' } });
}

async function readLife(session: Session): Promise<ServerLife> {
  const [row] = await session.query<{ durable: boolean; started: string }>(`
    select pg_catalog.current_setting('fsync')::bool and pg_catalog.current_setting('full_page_writes')::bool as durable,
           extract(epoch from pg_catalog.pg_postmaster_start_time())::text as started`);
  return { isDurable: row?.durable === true, startedAt: row?.started ?? '' };
}

/** Ends all that clients do in a database, and waits until none of it can be committed any more. False: it doesn't end. */
async function endSessions(session: Session, name: string): Promise<boolean> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const left = await session.query(
      "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where datname = $1 and backend_type = 'client backend' and pid <> pg_catalog.pg_backend_pid()",
      [name],
    );
    if (left.length === 0) return true;
    await sleep(50);
  }
  return false;
}
