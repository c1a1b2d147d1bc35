import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import type { Address } from '../core/server.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts';
import { adminAddress, readAdminPassword } from './admin-access.ts';

/** The user and password by which an application enters a clone. */
export interface WantedLogin {
  readonly user: string;
  readonly password: Secret;
}

export interface CloneAccess {
  readonly admin: Address;
  readonly login: Address;
}

/** Lets a user in: production's role of this name, with its own rights, or a new superuser where production has none. */
export async function giveAccess(session: Session, { user, password }: WantedLogin): Promise<Result<void>> {
  const known = await session.query('select from pg_catalog.pg_roles where rolname = $1', [user]);
  const how = known.length > 0 ? 'alter role' : 'create role';
  await session.execute(`${how} ${quoteIdentifier(user)} ${known.length > 0 ? '' : 'superuser'} login password ${quoteLiteral(password.reveal())}`);
  return ok();
}

/** Keeps a clone's login in its own folder (0600), so that it can be shown again. */
export async function writeCloneAccess(folder: string, { user, password }: WantedLogin): Promise<void> {
  await writeFile(loginFile(folder), JSON.stringify({ user, password: password.reveal() }), { mode: 0o600 });
}

/** The ways into a clone that runs on this port. */
export async function readCloneAccess(folder: string, port: number, database: string): Promise<CloneAccess> {
  const admin = adminAddress(port, database, await readAdminPassword(folder));
  const text = await readFile(loginFile(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return { admin, login: admin };
  const { user, password } = JSON.parse(text) as { user: string; password: string };
  return { admin, login: { ...admin, user, password: new Secret(password) } };
}

function loginFile(folder: string): string {
  return join(folder, 'login.json');
}
