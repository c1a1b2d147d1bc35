import type { Session } from '../../core/ports.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import type { ClusterChange, SharedThing } from './cluster-state.ts';

/** A row of pg_authid, as it was. */
interface RoleRow {
  readonly rolsuper: boolean;
  readonly rolinherit: boolean;
  readonly rolcreaterole: boolean;
  readonly rolcreatedb: boolean;
  readonly rolcanlogin: boolean;
  readonly rolreplication: boolean;
  readonly rolbypassrls: boolean;
  readonly rolconnlimit: number;
  readonly rolpassword: string | null;
  readonly rolvaliduntil: string | null;
}

interface MembershipRow {
  readonly grantor: number;
  readonly admin_option: boolean;
  readonly inherit_option?: boolean;
  readonly set_option?: boolean;
}

/**
 * Puts a role, membership or setting back to what it was. A role that was made stays for now: databases of ours may use it, so it is to be removed after
 * them. Throws SqlError.
 *
 * @returns false for what can't be put back: databases, tablespaces, the server's own settings
 */
export async function undoChange(session: Session, { how, thing, before }: ClusterChange): Promise<boolean> {
  switch (thing.kind) {
    case 'role':
      if (before !== undefined) await restoreRole(session, before, how === 'gone' ? undefined : thing);
      return true;
    case 'membership':
      if (how !== 'gone') await revoke(session, thing);
      if (before !== undefined) await grant(session, before);
      return true;
    case 'setting':
      await restoreSettings(session, thing, before);
      return true;
    default:
      return false;
  }
}

/** The password comes back as the hash that it is kept as. */
async function restoreRole(session: Session, { name, value }: SharedThing, after: SharedThing | undefined): Promise<void> {
  const role = JSON.parse(value) as RoleRow;
  const word = (has: boolean, keyword: string) => (has ? keyword : `no${keyword}`);
  const attributes = [
    word(role.rolsuper, 'superuser'),
    word(role.rolinherit, 'inherit'),
    word(role.rolcreaterole, 'createrole'),
    word(role.rolcreatedb, 'createdb'),
    word(role.rolcanlogin, 'login'),
    word(role.rolreplication, 'replication'),
    word(role.rolbypassrls, 'bypassrls'),
    `connection limit ${role.rolconnlimit}`,
    `password ${role.rolpassword === null ? 'null' : quoteLiteral(role.rolpassword)}`,
  ];
  // No time and infinity mean the same, but the first can't be written.
  const now = after === undefined ? null : (JSON.parse(after.value) as RoleRow).rolvaliduntil;
  if (role.rolvaliduntil !== now) attributes.push(`valid until ${quoteLiteral(role.rolvaliduntil ?? 'infinity')}`);
  await session.execute(`${after === undefined ? 'create' : 'alter'} role ${quoteIdentifier(name)} with ${attributes.join(' ')}`);
}

async function revoke(session: Session, { role, member, value }: SharedThing): Promise<void> {
  const head = `revoke ${quoteIdentifier(role ?? '')} from ${quoteIdentifier(member ?? '')}`;
  if (session.serverVersionNum < 160_000) return void (await session.execute(head));
  for (const { grantor } of JSON.parse(value) as MembershipRow[]) await session.execute(`${head} granted by ${await nameOf(session, grantor)} cascade`);
}

async function grant(session: Session, { role, member, value }: SharedThing): Promise<void> {
  const head = `grant ${quoteIdentifier(role ?? '')} to ${quoteIdentifier(member ?? '')}`;
  for (const { grantor, admin_option, inherit_option, set_option } of JSON.parse(value) as MembershipRow[]) {
    const options =
      session.serverVersionNum < 160_000
        ? admin_option
          ? ' with admin option'
          : ''
        : ` with admin ${admin_option}, inherit ${inherit_option ?? true}, set ${set_option ?? true} granted by ${await nameOf(session, grantor)}`;
    await session.execute(`${head}${options}`);
  }
}

async function nameOf(session: Session, oid: number): Promise<string> {
  const [row] = await session.query<{ name: string }>('select pg_catalog.quote_ident(rolname) as name from pg_catalog.pg_roles where oid = $1', [oid]);
  return row?.name ?? 'current_user';
}

/** A stored value goes back by way of the session's own, which keeps lists such as search_path as they were written. */
async function restoreSettings(session: Session, { role, database }: SharedThing, before: SharedThing | undefined): Promise<void> {
  const ofDatabase = database === null ? '' : ` in database ${quoteIdentifier(database)}`;
  const head =
    role === null && database !== null
      ? `alter database ${quoteIdentifier(database)}`
      : `alter role ${role === null ? 'all' : quoteIdentifier(role)}${ofDatabase}`;
  await session.execute(`${head} reset all`);
  for (const setting of before === undefined ? [] : (JSON.parse(before.value) as string[])) {
    const at = setting.indexOf('=');
    const name = setting
      .slice(0, at)
      .split('.')
      .map((part) => quoteIdentifier(part))
      .join('.');
    await session.query('select pg_catalog.set_config($1, $2, false)', [setting.slice(0, at), setting.slice(at + 1)]);
    await session.execute(`${head} set ${name} from current`);
  }
}
