import { randomBytes } from 'node:crypto';
import { failure, SqlError, type SqlErrorFields } from '../core/failure.ts';
import type { Context, Session } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import type { Address } from '../core/server.ts';
import type { RoleFacts } from '../core/source-facts.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts';
import { chooseMigrator } from './choose-migrator.ts';

/** The role that migrates the clone, and how to log in as it. */
export interface Migrator {
  readonly address: Address;
  readonly role: string;
  /** False when the configuration doesn't name the role, or the source couldn't tell its attributes: the verdict is then at most INCONCLUSIVE. */
  readonly known: boolean;
  readonly superuser: boolean;
  /** What a reader of the report has to know of this choice; empty where there is nothing. */
  readonly notes: readonly string[];
}

/**
 * Makes production's migrator able to log in on a clone, by LOGIN and a random password, and by nothing else: attributes, memberships and settings stay as copied.
 * A real log-in and not SET ROLE, so that session_user, role settings and row level security are what production's migrator meets.
 *
 * Fails with `role-missing` when production has no such role, `role-unknown` when none is named and none can be guessed,
 * `role-differs` when the clone's role has other attributes than production's.
 *
 * @param admin superuser access to the clone; never to production
 * @param roles as read from the source; empty where the source (a dump) couldn't tell
 * @param role migrate.role
 * @param access where others use the server too; there `role-not-ours` is one more failure
 */
export async function prepareMigrator(
  context: Context,
  admin: Address,
  roles: readonly RoleFacts[],
  role: string | undefined,
  access?: MigratorAccess,
): Promise<Result<Migrator>> {
  const connected = await context.edge.postgres.connect(admin, { applicationName: 'pgrehearse', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    const guess = role === undefined ? await chooseMigrator(session, roles) : undefined;
    const name = role ?? guess?.role;
    if (name === undefined)
      return fail(failure('role-unknown', 'migrate.role is not set, and it can’t be guessed: of production’s roles none owns anything here'));
    const source = roles.find((known) => known.name === name);
    if (source === undefined && roles.length > 0) return fail(missing(name, 'production has no role'));
    const clone = await readRole(session, name);
    if (clone === undefined) return fail(missing(name, roles.length > 0 ? 'the clone has no role' : 'the dump names no role'));
    const differing = source === undefined ? [] : differences(source, clone);
    if (differing.length > 0) return fail(differs(name, differing));
    const notes = notesOn(name, source, guess?.how);
    const known = role !== undefined && source !== undefined;
    if (name === admin.user) return ok({ address: admin, role: name, known, superuser: clone.superuser, notes });
    if (access !== undefined && !(await access.owns(session, name))) {
      const entered = await enterAs(context, admin, name, access.password);
      return entered.ok ? ok({ address: entered.value, role: name, known, superuser: clone.superuser, notes }) : entered;
    }
    const password = (await access?.passwordOf(name)) ?? new Secret(randomBytes(24).toString('base64url'));
    await session.execute(`alter role ${quoteIdentifier(name)} login password ${quoteLiteral(password.reveal())}`);
    const address = { ...admin, user: name, password };
    const tried = await logIn(context, address, name);
    return tried.ok ? ok({ address, role: name, known, superuser: clone.superuser, notes }) : tried;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    // The statement holds the password.
    const { statement: _, ...sql } = error.fields;
    const message = `the migrator could not be prepared: ${sql.message}`;
    return fail(sql.sqlstate === '42501' && role !== undefined ? noAdminOption(role, admin.user, message, sql) : failure('role-differs', message, { sql }));
  }
}

/** Since PostgreSQL 16 CREATEROLE is no right over roles that somebody else made, or that were there before an upgrade. */
function noAdminOption(role: string, master: string, message: string, sql: SqlErrorFields) {
  const grant = `grant ${quoteIdentifier(role)} to ${quoteIdentifier(master)} with admin option`;
  return failure('privileges-missing', message, {
    ...{ sql, object: role },
    cure: `In production, as whoever made ${role}: \`${grant}\`. Then take a new snapshot.`,
  });
}

/** How to log in as a role on a server that others use too. */
export interface MigratorAccess {
  /** Whether a role is one of ours, and may be given a password. */
  owns(session: Session, role: string): Promise<boolean>;
  /** That of a role which isn't. */
  readonly password: Secret | undefined;
  /** That of a role of ours which others know already. */
  passwordOf(role: string): Promise<Secret | undefined>;
}

/** Logs in as a role that isn't ours, which is never altered: by the password that we were told, or by none where the server asks for none. */
async function enterAs(context: Context, admin: Address, role: string, password: Secret | undefined): Promise<Result<Address>> {
  const { password: _, ...others } = admin;
  const address: Address = { ...others, user: role, ...(password === undefined ? {} : { password }) };
  const tried = await logIn(context, address, role);
  if (tried.ok) return ok(address);
  const why = password === undefined ? 'its password is not known' : tried.failure.message;
  return fail(
    failure('role-not-ours', `the role ${role} was on the target server before and is never altered, and nobody can log in as it: ${why}`, { object: role }),
  );
}

type Attributes = Pick<RoleFacts, 'superuser' | 'inherit' | 'createRole' | 'createDb' | 'replication' | 'bypassRls'>;

/** The attributes of a role that decide what a migration may do. */
const roleQuery = `
select r.rolsuper as superuser, r.rolinherit as inherit, r.rolcreaterole as "createRole", r.rolcreatedb as "createDb",
       r.rolreplication as replication, r.rolbypassrls as "bypassRls"
from pg_catalog.pg_roles r
where r.rolname = $1`;

async function readRole(session: Session, name: string): Promise<Attributes | undefined> {
  return (await session.query<Attributes>(roleQuery, [name]))[0];
}

function differences(source: Attributes, clone: Attributes): readonly string[] {
  return (Object.keys(clone) as (keyof Attributes)[])
    .filter((key) => source[key] !== clone[key])
    .map((key) => `${key} is ${source[key]} in production and ${clone[key]} on the clone`);
}

function notesOn(name: string, source: RoleFacts | undefined, guessedHow: string | undefined): readonly string[] {
  const notes: string[] = [];
  if (guessedHow !== undefined) notes.push(`migrate.role is not set: ${name} was taken, since ${guessedHow}.`);
  if (source === undefined) notes.push(`The source could not tell the attributes of ${name}, such as SUPERUSER and BYPASSRLS.`);
  if (source?.superuser === true) notes.push(`${name} is a superuser in production, so row level security and missing rights can't stop it.`);
  if (source?.canLogin === false)
    notes.push(`${name} can't log in in production, so there something else becomes ${name} by SET ROLE, with another session_user.`);
  return notes;
}

async function logIn(context: Context, address: Address, role: string): Promise<Result<void>> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  const [row] = await session.query<{ session: string; current: string }>('select session_user::text as session, current_user::text as current');
  // A role setting (ALTER ROLE … SET role) may switch at log-in; that is production's own doing. The session itself must be the migrator's.
  if (row?.session !== role) return fail(differs(role, [`logging in gave session_user ${row?.session}`]));
  return ok();
}

function missing(name: string, what: string) {
  return failure('role-missing', `${what} ${name}, which migrate.role names`, { object: name });
}

function differs(name: string, differing: readonly string[]) {
  return failure('role-differs', `the role ${name} on the clone is not production's: ${differing.join('; ')}`, { object: name });
}
