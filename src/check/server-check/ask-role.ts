import type { ServerCheck } from '../../config/schema.ts';
import type { Session } from '../../core/ports.ts';
import type { ServerAnswer } from './server-answer.ts';

type RoleCheck = Extract<ServerCheck, { kind: 'role' }>;

const roleQuery = `
select r.rolcanlogin as login, coalesce(r.rolvaliduntil < pg_catalog.now(), false) as expired, r.rolvaliduntil::text as until,
  r.rolsuper as super, r.rolconnlimit as places, pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'connect') as "mayConnect",
  (select pg_catalog.count(*)::int from pg_catalog.pg_stat_activity a where a.usesysid = r.oid) as taken
from pg_catalog.pg_roles r
where r.rolname = $1`;

interface RoleRow {
  readonly login: boolean;
  readonly expired: boolean;
  readonly until: string | null;
  /** Superusers are bound by no limit. */
  readonly super: boolean;
  /** -1: as many as it likes. */
  readonly places: number;
  readonly taken: number;
  readonly mayConnect: boolean;
}

/** Whether a role is there and may log in, or may not. Throws SqlError. */
export async function askRole(session: Session, { role, login }: RoleCheck): Promise<ServerAnswer> {
  const [row] = await session.query<RoleRow>(roleQuery, [role]);
  const expected = login ? `role ${role} with LOGIN` : `role ${role} without LOGIN`;
  const broken = (found: string, cure: string): ServerAnswer => ({ kind: 'broken', found, expected, rootCause: 'privileges', cure });
  if (row === undefined) return broken(`there is no role ${role}`, `Create ${role} before the deploy: grants and policies that name it fail otherwise.`);
  if (row.login !== login)
    return broken(`${role} has ${row.login ? 'LOGIN' : 'NOLOGIN'}`, `alter role ${role} ${login ? 'login' : 'nologin'}, if that is what it should be.`);
  if (login && row.expired)
    return broken(
      `${role}’s password is good until ${row.until} only`,
      `Give ${role} a password that is valid (alter role … valid until), or correct the check.`,
    );
  // LOGIN alone lets nobody in.
  if (login && !row.mayConnect) return broken(`${role} may not connect to this database`, `grant connect on database … to ${role}, or correct the check.`);
  if (login && !row.super && row.places >= 0 && row.taken >= row.places)
    return broken(
      `${role} has ${row.taken} of the ${row.places} connections that it may have`,
      `End some of them, or alter role ${role} connection limit …, before the deploy needs one more.`,
    );
  return { kind: 'holds', found: expected, proof: 'asked of the list of roles, in which one that isn’t there would be missing' };
}
