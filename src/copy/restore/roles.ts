import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { FidelityLoss, RoleFacts, SourceFacts } from '../../core/source-facts.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { orderMemberships } from './membership-order.ts';
import { preloadLoss } from './preload-settings.ts';
import { alterRoleStatement, commentOnRoleStatement, createRoleStatement, grantRoleStatement, keptAttributes } from './role-statements.ts';
import { settingClause } from './setting-value.ts';

/**
 * Recreates the source's roles on a server of ours: the same attributes, memberships and settings, but nobody can log in. Roles of the
 * server's vendor (rdsadmin, azuresu, …) are made like any other, since grants and owners name them. What can't be carried over is returned.
 *
 * Roles belong to the whole server; a role that is there already is brought to the source's attributes, except for the one that we are.
 */
export async function createRoles(session: Session, facts: Pick<SourceFacts, 'database' | 'roles' | 'memberships'>): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  const attempt = async (sql: string, object: FidelityLoss['object']) => {
    const loss = await tryStatement(session, sql, object);
    if (loss !== undefined) losses.push(loss);
  };
  const there = await existingRoles(session);
  const self = session.address.user;
  for (const role of facts.roles) {
    const object = { kind: 'role', name: role.name };
    const existing = there.get(role.name);
    if (role.name === self) {
      if (!role.superuser) losses.push(adminLoss(role.name));
      continue;
    }
    if (existing === undefined) await attempt(createRoleStatement(role), object);
    else if (!sameAttributes(existing, role)) await attempt(alterRoleStatement(role), object);
    if (role.comment !== undefined) await attempt(commentOnRoleStatement(role, role.comment), object);
  }
  for (const ordered of orderMemberships(facts)) {
    await attempt(grantRoleStatement(ordered, session.serverVersionNum), { kind: 'membership', name: `${ordered.grant.member} in ${ordered.grant.role}` });
  }
  for (const role of facts.roles) {
    if (role.name === self) continue;
    for (const { setting, statement } of settingStatements(role, facts.database, session.address.database)) {
      const object = { kind: 'role setting', name: `${setting.slice(0, setting.indexOf('='))} of ${role.name}` };
      const preload = await preloadLoss(session, setting, object);
      if (preload !== undefined) losses.push(preload);
      else await attempt(statement, object);
    }
  }
  return losses;
}

/** `ALTER ROLE … SET`, in all databases and in this one, which may have another name here. */
export function settingStatements(
  role: RoleFacts,
  sourceDatabase: string,
  database: string,
): readonly { readonly setting: string; readonly statement: string }[] {
  const head = `alter role ${quoteIdentifier(role.name)}`;
  const here = `${head} in database ${quoteIdentifier(database)}`;
  return [
    ...(role.settings[''] ?? []).map((setting) => ({ setting, statement: `${head} ${settingClause(setting)}` })),
    ...(role.settings[sourceDatabase] ?? []).map((setting) => ({ setting, statement: `${here} ${settingClause(setting)}` })),
  ];
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
  return existing.connectionLimit === role.connectionLimit && keptAttributes.every(([key]) => existing[key] === role[key]);
}

async function tryStatement(session: Session, statement: string, object: FidelityLoss['object']): Promise<FidelityLoss | undefined> {
  try {
    await session.execute(statement);
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError) || /^(08|57)/.test(error.fields.sqlstate)) throw error;
    // Two loads at once may make the same role on one server: then it is there, which is all that was wanted.
    if (object.kind === 'role' && (error.fields.sqlstate === '42710' || error.fields.sqlstate === '23505')) return undefined;
    return {
      object,
      message: `${object.kind} ${object.name} could not be recreated: ${error.fields.message}`,
      cure: 'Read the error; accept the loss in clone.acceptLosses if it does not matter for what is rehearsed.',
      sqlstate: error.fields.sqlstate,
      statement,
    };
  }
}

function adminLoss(name: string): FidelityLoss {
  return {
    object: { kind: 'role', name },
    message: `role ${name} is the superuser of the copy’s server, but no superuser in production`,
    cure: 'Load into a server whose bootstrap superuser has a name of its own.',
  };
}
