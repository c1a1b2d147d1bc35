import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import type { SharedRoles } from '../../core/shared-server.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { randomPassword } from '../admin-access.ts';
import type { CloneAccess } from '../clone-access.ts';
import type { WantedLogin } from '../clone-record.ts';
import { writeWhole } from '../write-whole.ts';
import { addressOf } from './find-target.ts';

const loginName = 'login.json';

/** The ways into a clone. The password of the way in comes from where the ledger line says, as the server's owner keeps it. */
export async function targetAccess(context: Context, resource: Resource): Promise<Result<CloneAccess>> {
  const address = addressOf(context, resource);
  if (!address.ok) return address;
  const admin = { ...address.value, database: String(resource.facts.database) };
  const login = await readLogin(resource);
  return ok({ admin, login: login === undefined ? admin : { ...admin, user: login.user, password: login.password } });
}

/** Keeps a login in the clone's own folder (0600), since the ledger holds no secrets. */
export async function writeLogin({ facts }: Resource, { user, password }: WantedLogin): Promise<void> {
  await writeWhole(join(String(facts.folder), loginName), JSON.stringify({ user, password: password.reveal() }));
}

async function readLogin({ facts }: Resource): Promise<WantedLogin | undefined> {
  const text = await readFile(join(String(facts.folder), loginName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { user, password } = JSON.parse(text) as { user: string; password: string };
  return { user, password: new Secret(password) };
}

/**
 * Lets production's role in, where the role is ours on that server. One that was there is never altered: its password has to be told. A role belongs to the whole
 * server, so that all clones there share its password. Throws SqlError; fails with `role-missing` and `role-not-ours`.
 */
export async function allowLogin(
  context: Context,
  session: Session,
  roles: SharedRoles,
  { user, password }: { readonly user: string; readonly password: Secret | undefined },
): Promise<Result<WantedLogin>> {
  const [known] = await session.query('select from pg_catalog.pg_roles where rolname = $1', [user]);
  if (known === undefined) {
    const message = `production has no role ${user}, and no new superuser is made on a server that others use`;
    return fail(failure('role-missing', message, { object: user, cure: 'Name a role of production, or leave the user out.' }));
  }
  if (!(await roles.owns(session, user))) {
    if (password !== undefined) return ok({ user, password });
    const cure = 'Name the variable that holds its password with --password-variable, or another role.';
    return fail(failure('role-not-ours', `role ${user} was on the target server before, so it is given no password of ours`, { object: user, cure }));
  }
  const shared = await roles.passwordOf(context, user);
  if (password !== undefined && shared !== undefined && password.reveal() !== shared.reveal()) {
    const cure = 'Leave the password out, or drop the other clones first.';
    return fail(failure('role-not-ours', `role ${user} enters other clones on the target server by another password`, { object: user, cure }));
  }
  const login = { user, password: password ?? shared ?? randomPassword() };
  await session.execute(`alter role ${quoteIdentifier(user)} login password ${quoteLiteral(login.password.reveal())}`);
  return ok(login);
}

/** The clones on a server that are entered as this role. @param identifier the server's own number */
export async function loginsOf(context: Context, identifier: string, user: string) {
  const found: { readonly resource: Resource; readonly login: WantedLogin }[] = [];
  for (const resource of await context.ledger.list()) {
    if (resource.kind !== 'database' || resource.facts.use !== 'clone' || resource.facts.server !== identifier) continue;
    const login = await readLogin(resource);
    if (login?.user === user) found.push({ resource, login });
  }
  return found;
}
