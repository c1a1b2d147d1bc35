import { failure, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Secret } from '../../core/secret.ts';
import type { Address } from '../../core/server.ts';
import type { SharedRoles } from '../../core/shared-server.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { onTargetOf } from './find-target.ts';
import { tryLock } from './lock-target.ts';
import { stampOf } from './make-database.ts';
import { readStampedRole } from './stamp.ts';
import { loginsOf } from './target-login.ts';
import { onTarget, type TargetServer, targetFacts } from './target-server.ts';
import { tellRemoval } from './tell-removal.ts';

/**
 * Roles of ours on somebody else's server: stand-ins for production's roles that are missing there. Each is in the ledger and stamped before anything
 * uses it. A role that was there before is never altered.
 */
export class TargetRoles implements SharedRoles {
  readonly #target: TargetServer;
  /** Ledger lines of this run, by role. */
  readonly #made = new Map<string, Resource>();
  /** Of these, roles that a migration is about to make: not stamped yet. */
  readonly #expected = new Set<string>();

  constructor(target: TargetServer) {
    this.#target = target;
  }

  /** Makes a role that isn't there, by this statement. Throws SqlError. */
  async make(context: Context, session: Session, name: string, createRole: string): Promise<void> {
    const resource = await this.#plan(context, name);
    // One implicit transaction: there is no moment at which the role has no stamp, and an error leaves none.
    await session.execute(`${createRole}; comment on role ${quoteIdentifier(name)} is ${quoteLiteral(stampOf(context, resource))}`);
    await this.#takeOid(context, session, resource, name);
  }

  /** The roles that this run has made or is about to make. */
  get names(): readonly string[] {
    return [...this.#made.keys()].filter((name) => !this.#expected.has(name));
  }

  async expect(context: Context, name: string): Promise<void> {
    if (this.#made.has(name)) return;
    this.#expected.add(name);
    await this.#plan(context, name);
  }

  /** Takes a role over that a migration has made, so that it goes with the rest. Throws SqlError. */
  async adopt(context: Context, session: Session, name: string): Promise<void> {
    const resource = this.#made.get(name) ?? (await this.#plan(context, name));
    this.#expected.delete(name);
    await session.execute(`comment on role ${quoteIdentifier(name)} is ${quoteLiteral(stampOf(context, resource))}`);
    await this.#takeOid(context, session, resource, name);
  }

  /**
   * Lets the roles of ours on this server stay for as long as copies need them; those of runs that were killed too, since nobody else is at work there now.
   * Done before a copy is kept: `gc` may look at any moment.
   */
  async keep(context: Context): Promise<void> {
    for (const { id, kind, kept, facts } of await context.ledger.list()) {
      if (kind === 'role' && !kept && facts.server === this.#target.identifier) await context.ledger.amend(id, { kept: true });
    }
  }

  /** From now on what was kept isn't this run's to remove. */
  leave(): void {
    this.#made.clear();
  }

  /** Takes back what was expected and never made. Throws SqlError. */
  async forgetUnmade(context: Context, session: Session): Promise<void> {
    for (const name of this.#expected) {
      const resource = this.#made.get(name);
      if (resource === undefined || (await readStampedRole(session, name)) !== undefined) continue;
      await context.ledger.forget(resource.id);
      this.#made.delete(name);
      this.#expected.delete(name);
    }
  }

  /** Whether a role may be altered: it has our stamp, of this run or of one that ended without cleaning up. Throws SqlError. */
  async owns(session: Session, name: string): Promise<boolean> {
    if (this.#made.has(name) && !this.#expected.has(name)) return true;
    return (await readStampedRole(session, name))?.stamp !== undefined;
  }

  async passwordOf(context: Context, name: string): Promise<Secret | undefined> {
    return (await loginsOf(context, this.#target.identifier, name))[0]?.login.password;
  }

  /** Drops what this run has made, the latest first. Databases of ours have to be gone by then. */
  async removeAll(context: Context): Promise<Result<void>> {
    let outcome: Result<void> = ok();
    for (const [name, planned] of [...this.#made].reverse()) {
      const resource = (await context.ledger.list()).find(({ id }) => id === planned.id);
      const removed = resource === undefined ? ok() : await removeTargetRole(context, resource, this.#target.address);
      if (removed.ok) this.#made.delete(name);
      else outcome = removed;
    }
    return outcome;
  }

  async #plan(context: Context, name: string): Promise<Resource> {
    const run = context.runId === undefined ? {} : { runId: context.runId };
    const resource = await context.ledger.plan({ kind: 'role', label: `role ${name}`, facts: { ...targetFacts(this.#target), role: name }, ...run });
    context.emit({ type: 'resource', what: 'planned', resource });
    this.#made.set(name, resource);
    return resource;
  }

  /** A comment can be changed by a migration; the role's number can't. */
  async #takeOid(context: Context, session: Session, resource: Resource, name: string): Promise<void> {
    const role = await readStampedRole(session, name);
    if (role !== undefined) await context.ledger.amend(resource.id, { facts: { oid: role.oid } });
    context.emit({ type: 'resource', what: 'made', resource });
  }
}

/**
 * Removes the roles that were kept on servers where no database of this machine's ledger is left. What can't be removed now stays in the ledger for `gc`.
 *
 * @returns the lines of those that are gone
 */
export async function removeUnneededRoles(context: Context): Promise<readonly Resource[]> {
  const lines = await context.ledger.list();
  const needed = new Set(lines.flatMap(({ kind, facts }) => (kind === 'database' ? [facts.server] : [])));
  const gone: Resource[] = [];
  for (const resource of lines.filter(({ kind, kept, facts }) => kind === 'role' && kept && !needed.has(facts.server)).reverse()) {
    if ((await removeTargetRole(context, resource)).ok) gone.push(resource);
  }
  return gone;
}

/**
 * Drops a role of ours, then its ledger line. One without our stamp stays, as does one that something on the server still uses.
 *
 * @param address the way in, where it is known; else it is found from the line, and a rehearsal that is at work there is not disturbed
 */
export async function removeTargetRole(context: Context, resource: Resource, address?: Address): Promise<Result<void>> {
  const calm = { ...context, signal: new AbortController().signal };
  const dropped =
    address === undefined
      ? await onTargetOf(calm, resource, async (session) => {
          if (resource.kept && (await hasDatabasesOfOurs(session))) return fail(failure('role-in-use', `copies on that server may need ${resource.label}`));
          if (await tryLock(session)) return await dropRole(session, resource);
          return fail(failure('target-failed', 'a rehearsal is at work on that server and may be using it', { cure: 'Run `pgrehearse gc` again later.' }));
        })
      : await onTarget(calm, address, async (session) => await dropRole(session, resource));
  if (!dropped.ok && dropped.failure.code === 'role-in-use') return dropped;
  return await tellRemoval(context, resource, dropped);
}

/** Is there a database of ours, whichever machine made it? Another one's copies use our roles too, where they found them. */
async function hasDatabasesOfOurs(session: Session): Promise<boolean> {
  const found = await session.query(`
    select from pg_catalog.pg_database d
      join pg_catalog.pg_roles r on r.rolname = d.datname or d.oid::text = pg_catalog.substring(pg_catalog.shobj_description(r.oid, 'pg_authid'), '"databaseOid":([0-9]+)')
     where pg_catalog.shobj_description(r.oid, 'pg_authid') like '{"tool":"pgrehearse"%'
     limit 1`);
  return found.length > 0;
}

/** The name that it has now: a migration may have given it another. */
async function nameOf(session: Session, { id, facts }: Pick<Resource, 'id' | 'facts'>): Promise<string> {
  const name = String(facts.role);
  const [renamed] = await session.query<{ name: string }>('select rolname as name from pg_catalog.pg_roles where oid = $1 and rolname <> $2', [
    facts.oid ?? 0,
    name,
  ]);
  return renamed !== undefined && (await readStampedRole(session, renamed.name))?.stamp?.id === id ? renamed.name : name;
}

/** Who was let into which role by this one? PostgreSQL 16 keeps a role as long as its grants are there. */
const grantedQuery = `
select a.roleid::regrole::text as role, a.member::regrole::text as member
  from pg_catalog.pg_auth_members a
  join pg_catalog.pg_roles g on g.oid = a.grantor
 where g.rolname = $1
 order by 1, 2`;

async function dropRole(session: Session, { id, facts }: Resource): Promise<Result<void>> {
  const name = await nameOf(session, { id, facts });
  const role = await readStampedRole(session, name);
  if (role === undefined) return ok();
  if (role.stamp?.id !== id && role.oid !== facts.oid) return fail(failure('target-not-ours', `the role ${name} has no stamp of ours`));
  try {
    if (session.serverVersionNum >= 160_000) {
      for (const granted of await session.query<{ role: string; member: string }>(grantedQuery, [name])) {
        await session.execute(`revoke ${granted.role} from ${granted.member} granted by ${quoteIdentifier(name)} cascade`);
      }
    }
    await session.execute(`drop role ${quoteIdentifier(name)}`);
    return ok();
  } catch (error) {
    if (!(error instanceof SqlError) || error.fields.sqlstate !== '2BP01') throw error;
    return fail(failure('target-failed', `${error.fields.message}: ${error.fields.detail ?? ''}`, { sql: error.fields }));
  }
}
