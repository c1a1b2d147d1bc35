import { SqlError, type SqlErrorFields } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import type { FidelityLoss, RoleFacts, RoleMembership, SourceFacts } from '../core/source-facts.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts';
import { preloadLoss } from './preload-settings.ts';
import { settingClause } from './setting-value.ts';

/** Attributes that a shim keeps: all but LOGIN, which goes with the password. */
const attributes = [
  ['superuser', 'superuser'],
  ['inherit', 'inherit'],
  ['createRole', 'createrole'],
  ['createDb', 'createdb'],
  ['replication', 'replication'],
  ['bypassRls', 'bypassrls'],
] as const;

/**
 * Recreates the source's roles on a server of ours: the same attributes, memberships and settings, but nobody can log in. Roles of the
 * server's vendor (rdsadmin, azuresu, …) are made like any other, since grants and owners name them. What can't be carried over is returned.
 *
 * Roles belong to the whole server; a role that is there already is brought to the source's attributes, except for the one that we are.
 */
export async function createRoles(session: Session, facts: Pick<SourceFacts, 'database' | 'roles' | 'memberships'>): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  const there = await existingRoles(session);
  const self = session.address.user;
  for (const role of facts.roles) {
    const existing = there.get(role.name);
    if (role.name === self) {
      if (!role.superuser) losses.push(adminLoss(role.name));
      continue;
    }
    if (existing === undefined) await attempt(session, createStatement(role), { kind: 'role', name: role.name }, losses);
    else if (!sameAttributes(existing, role))
      await attempt(session, `alter role ${quoteIdentifier(role.name)} ${attributeClause(role)}`, { kind: 'role', name: role.name }, losses);
    if (role.comment !== undefined) {
      await attempt(session, `comment on role ${quoteIdentifier(role.name)} is ${quoteLiteral(role.comment)}`, { kind: 'role', name: role.name }, losses);
    }
  }
  await grantMemberships(session, facts, losses);
  for (const role of facts.roles) if (role.name !== self) await applySettings(session, role, facts.database, losses);
  return losses;
}

function createStatement(role: RoleFacts): string {
  return `create role ${quoteIdentifier(role.name)} with nologin ${attributeClause(role)}`;
}

function attributeClause(role: RoleFacts): string {
  const words = attributes.map(([key, word]) => (role[key] ? word : `no${word}`));
  const until = role.validUntil === undefined ? '' : ` valid until ${quoteLiteral(role.validUntil)}`;
  return `${words.join(' ')} connection limit ${role.connectionLimit}${until}`;
}

type ExistingRole = Pick<RoleFacts, 'superuser' | 'inherit' | 'createRole' | 'createDb' | 'replication' | 'bypassRls' | 'connectionLimit'>;

async function existingRoles(session: Session): Promise<ReadonlyMap<string, ExistingRole>> {
  const rows = await session.query<ExistingRole & { name: string }>(`
    select rolname as "name", rolsuper as "superuser", rolinherit as "inherit", rolcreaterole as "createRole", rolcreatedb as "createDb",
           rolreplication as "replication", rolbypassrls as "bypassRls", rolconnlimit as "connectionLimit"
      from pg_catalog.pg_roles order by rolname collate "C"`);
  return new Map(rows.map((row) => [row.name, row]));
}

function sameAttributes(existing: ExistingRole, role: RoleFacts): boolean {
  return existing.connectionLimit === role.connectionLimit && attributes.every(([key]) => existing[key] === role[key]);
}

/**
 * Grants in an order in which each grantor already has the admin option. A grant of the source's bootstrap superuser needs no such option
 * there, and is made by ours here.
 */
async function grantMemberships(session: Session, facts: Pick<SourceFacts, 'roles' | 'memberships'>, losses: FidelityLoss[]): Promise<void> {
  const superusers = new Set(facts.roles.filter((role) => role.superuser).map((role) => role.name));
  const hasAdmin = new Set<string>();
  const key = (role: string, member: string) => JSON.stringify([role, member]);
  let waiting = [...facts.memberships];
  const adminEver = new Set(facts.memberships.filter((grant) => grant.admin).map((grant) => key(grant.role, grant.member)));
  const byUs = (grant: RoleMembership) => superusers.has(grant.grantor) && !adminEver.has(key(grant.role, grant.grantor));
  while (waiting.length > 0) {
    const ready = waiting.filter((grant) => byUs(grant) || hasAdmin.has(key(grant.role, grant.grantor)));
    // A grantor that has lost its option since (possible before PostgreSQL 16) can't grant any more: the membership itself still counts.
    const now = ready.length > 0 ? ready : waiting;
    for (const grant of now) {
      const grantor = ready.length > 0 && !byUs(grant) ? ` granted by ${quoteIdentifier(grant.grantor)}` : '';
      const object = { kind: 'membership', name: `${grant.member} in ${grant.role}` };
      const done = await attempt(session, `${grantStatement(session, grant)}${grantor}`, object, losses);
      if (done && grant.admin) hasAdmin.add(key(grant.role, grant.member));
    }
    waiting = waiting.filter((grant) => !now.includes(grant));
  }
}

/** PostgreSQL 16 made INHERIT and SET options of each membership; before, only ADMIN exists. */
function grantStatement(session: Session, grant: RoleMembership): string {
  const head = `grant ${quoteIdentifier(grant.role)} to ${quoteIdentifier(grant.member)}`;
  if (session.serverVersionNum < 160_000) return grant.admin ? `${head} with admin option` : head;
  const options = [`admin ${grant.admin}`];
  if (grant.inherit !== null) options.push(`inherit ${grant.inherit}`);
  if (grant.set !== null) options.push(`set ${grant.set}`);
  return `${head} with ${options.join(', ')}`;
}

async function applySettings(session: Session, role: RoleFacts, database: string, losses: FidelityLoss[]): Promise<void> {
  const head = `alter role ${quoteIdentifier(role.name)}`;
  const here = `${head} in database ${quoteIdentifier(session.address.database)}`;
  const all = [
    ...(role.settings[''] ?? []).map((setting) => [head, setting] as const),
    ...(role.settings[database] ?? []).map((setting) => [here, setting] as const),
  ];
  for (const [prefix, setting] of all) {
    const object = { kind: 'role setting', name: `${setting.slice(0, setting.indexOf('='))} of ${role.name}` };
    const preload = await preloadLoss(session, setting, object);
    if (preload !== undefined) losses.push(preload);
    else await attempt(session, `${prefix} ${settingClause(setting)}`, object, losses);
  }
}

async function attempt(session: Session, sql: string, object: FidelityLoss['object'], losses: FidelityLoss[]): Promise<boolean> {
  try {
    await session.execute(sql);
    return true;
  } catch (error) {
    if (!(error instanceof SqlError) || error.fields.sqlstate.startsWith('08') || error.fields.sqlstate.startsWith('57')) throw error;
    // Two loads at once may make the same role on one server: then it is there, which is all that was wanted.
    if (error.fields.sqlstate === '42710' && object.kind === 'role') return true;
    losses.push(asLoss(error.fields, sql, object));
    return false;
  }
}

function asLoss(error: SqlErrorFields, statement: string, object: FidelityLoss['object']): FidelityLoss {
  return {
    object,
    message: `${object.kind} ${object.name} could not be recreated: ${error.message}`,
    cure: 'Read the error; accept the loss in clone.acceptLosses if it does not matter for what is rehearsed.',
    sqlstate: error.sqlstate,
    statement,
  };
}

function adminLoss(name: string): FidelityLoss {
  return {
    object: { kind: 'role', name },
    message: `role ${name} is the superuser of the copy’s server, but no superuser in production`,
    cure: 'Load into a server whose bootstrap superuser has a name of its own.',
  };
}
