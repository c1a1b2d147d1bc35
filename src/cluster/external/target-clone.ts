import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { WantedLogin } from '../clone-record.ts';
import { interrupted } from '../interrupted.ts';
import { keepClone } from '../keep-clone.ts';
import { readDatabase } from './database-sessions.ts';
import { giveName, isUntouched, nameTaken, withCause } from './fill-clone.ts';
import { copyOfDatabase } from './make-database.ts';
import type { TargetImage } from './target-image.ts';
import { writeLogin } from './target-login.ts';
import { onTarget, type TargetServer } from './target-server.ts';

/** A kept copy on somebody else's server. */
export interface TargetClone {
  readonly id: string;
  readonly label: string;
  /** Superuser access to its database. */
  readonly admin: Address;
  /** What an application uses. */
  readonly login: Address;
}

export interface TargetCloneOptions {
  /** The name by which it is found again. */
  readonly label: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** What its database is called; a name of ours unless given. */
  readonly database?: string;
  /** A role that can log in with this password already. */
  readonly login?: WantedLogin;
  /** Gives it what a copy of a database doesn't bring: owner, rights, settings. */
  readonly dress: (admin: Address) => Promise<Result<void>>;
}

/** Whether a ledger line is that of a kept clone on somebody else's server. */
export function isTargetClone({ kind, facts, kept }: Resource): boolean {
  return kind === 'database' && facts.use === 'clone' && kept;
}

/** How a person may call a database there: what no shell, URL or stamp has to quote. */
const databaseName = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/;

/** Whether a clone's database may have the name that a person wants. Fails with `usage` and `database-name-taken`. */
export async function checkDatabaseName(context: Context, target: TargetServer, wanted: string | undefined): Promise<Result<void>> {
  if (wanted === undefined) return ok();
  if (!databaseName.test(wanted)) {
    const cure = 'Use letters, digits, dashes and underscores.';
    return fail(failure('usage', `${JSON.stringify(wanted)} is no name for a database on a server that others use too`, { object: wanted, cure }));
  }
  return await onTarget(context, target.address, async (session) => ((await readDatabase(session, wanted)) === undefined ? ok() : fail(nameTaken(wanted))));
}

/**
 * Makes a clone that outlives this process. Fails with `clone-name-taken`, `database-name-taken`, `usage` for a name that can't be had, `image-failed` where the image isn't what it was,
 * `target-unreachable`, `target-failed`, `disk-short`; nothing is left then.
 */
export async function startTargetClone(context: Context, target: TargetServer, image: TargetImage, options: TargetCloneOptions): Promise<Result<TargetClone>> {
  const { label, database: wanted, login } = options;
  const free = await checkDatabaseName(context, target, wanted);
  if (!free.ok) return free;
  const untouched = await onTarget(context, target.address, async (session) => await isUntouched(session, image));
  if (!untouched.ok) return untouched;
  const made = await copyOfDatabase(context, target, label, image.database, { facts: { use: 'clone', image: image.id } });
  if (!made.ok) return withCause(made);
  const { resource, name, remove } = made.value;
  const finish = async (): Promise<Result<TargetClone>> => {
    const admin = { ...target.address, database: wanted ?? name };
    const dressed = await options.dress({ ...target.address, database: name });
    if (!dressed.ok) return dressed;
    if (wanted !== undefined) {
      await context.ledger.amend(resource.id, { facts: { stamp: name, database: wanted } });
      const named = await onTarget(context, target.address, async (session) => await giveName(context, session, resource, name, wanted));
      if (!named.ok) return named;
    }
    if (login !== undefined) await writeLogin(resource, login);
    const stopped = interrupted(context);
    if (stopped !== undefined) return fail(stopped);
    const kept = await keepClone(context, resource, options);
    if (!kept.ok) return kept;
    return ok({ id: resource.id, label, admin, login: login === undefined ? admin : { ...admin, user: login.user, password: login.password } });
  };
  try {
    const finished = await finish();
    if (!finished.ok) await remove();
    return finished;
  } catch (error) {
    await remove();
    throw error;
  }
}
