import type { Session } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts';
import { adminAddress, readAdminPassword } from './admin-access.ts';
import { readCloneRecord, type WantedLogin } from './clone-record.ts';

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

/** The ways into a clone that runs on this port. */
export async function readCloneAccess(folder: string, port: number, database: string): Promise<CloneAccess> {
  const admin = adminAddress(port, database, await readAdminPassword(folder));
  const login = (await readCloneRecord(folder))?.login;
  return { admin, login: login === undefined ? admin : { ...admin, user: login.user, password: login.password } };
}
