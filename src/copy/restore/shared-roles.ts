import { SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { SharedRoles } from '../../core/shared-server.ts';
import type { FidelityLoss, RoleFacts, SourceFacts } from '../../core/source-facts.ts';
import { orderMemberships } from './membership-order.ts';
import { preloadLoss } from './preload-settings.ts';
import { alterRoleStatement, createRoleStatement, grantRoleStatement, keptAttributes } from './role-statements.ts';
import { settingStatements } from './roles.ts';

type RoleSource = Pick<SourceFacts, 'database' | 'roles' | 'memberships'>;

/**
 * Brings production's roles to a server that others use too: those that are missing are made, and can be told from all others. A role that was there is
 * never altered, granted or set: where it isn't production's, that is a loss with its name. Throws SqlError only when the server is gone.
 */
export async function createSharedRoles(context: Context, session: Session, facts: RoleSource, roles: SharedRoles): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  const ours = new Set<string>();
  const attempt = async (object: FidelityLoss['object'], action: () => Promise<unknown>) => {
    const loss = await tryIt(object, action);
    if (loss !== undefined) losses.push(loss);
  };
  const there = await existingRoles(session);
  for (const role of facts.roles) {
    const object = { kind: 'role', name: role.name };
    const existing = there.get(role.name);
    if (existing === undefined) {
      await attempt(object, () => roles.make(context, session, role.name, createRoleStatement(role)));
      ours.add(role.name);
    } else if (await roles.owns(session, role.name)) {
      ours.add(role.name);
      if (differing(existing, role).length > 0) await attempt(object, () => session.execute(alterRoleStatement(role)));
    } else if (differing(existing, role).length > 0) losses.push(strangerLoss(role.name, differing(existing, role)));
  }
  const known = await existingMemberships(session);
  for (const ordered of orderMemberships(facts)) {
    const { role, member } = ordered.grant;
    const object = { kind: 'membership', name: `${member} in ${role}` };
    // A grant goes when either of its roles does.
    if (ours.has(role) || ours.has(member)) await attempt(object, () => session.execute(grantRoleStatement(ordered, session.serverVersionNum)));
    else if (!known.has(object.name)) losses.push(missingGrantLoss(object));
  }
  for (const role of facts.roles) losses.push(...(await applySettings(session, role, facts.database, ours.has(role.name), there.get(role.name))));
  return losses;
}

/** The settings of roles in this database only. They go with the database, so that every role may have them. */
export async function applyRoleSettingsInDatabase(session: Session, facts: RoleSource): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  for (const role of facts.roles) losses.push(...(await applySettings(session, { ...role, settings: inDatabase(role, facts.database) }, facts.database, true)));
  return losses;
}

function inDatabase({ settings }: RoleFacts, database: string): RoleFacts['settings'] {
  return settings[database] === undefined ? {} : { [database]: settings[database] };
}

async function applySettings(
  session: Session,
  role: RoleFacts,
  database: string,
  mayAlter: boolean,
  existing?: ExistingRole,
): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  // Those for all databases come first.
  const everywhere = role.settings['']?.length ?? 0;
  for (const [index, { setting, statement }] of settingStatements(role, database, session.address.database).entries()) {
    const object = { kind: 'role setting', name: `${setting.slice(0, setting.indexOf('='))} of ${role.name}` };
    if (!mayAlter && index < everywhere) {
      if (existing?.settings?.includes(setting) !== true) losses.push(missingSettingLoss(object));
      continue;
    }
    const loss = (await preloadLoss(session, setting, object)) ?? (await tryIt(object, () => session.execute(statement)));
    if (loss !== undefined) losses.push(loss);
  }
  return losses;
}

type ExistingRole = Pick<RoleFacts, 'superuser' | 'inherit' | 'createRole' | 'createDb' | 'replication' | 'bypassRls' | 'connectionLimit'> & {
  readonly settings: readonly string[] | null;
};

async function existingRoles(session: Session): Promise<ReadonlyMap<string, ExistingRole>> {
  const rows = await session.query<ExistingRole & { name: string }>(`
    select r.rolname as "name", r.rolsuper as "superuser", r.rolinherit as "inherit", r.rolcreaterole as "createRole", r.rolcreatedb as "createDb",
           r.rolreplication as "replication", r.rolbypassrls as "bypassRls", r.rolconnlimit as "connectionLimit", s.setconfig as "settings"
      from pg_catalog.pg_roles r
      left join pg_catalog.pg_db_role_setting s on s.setrole = r.oid and s.setdatabase = 0
     order by r.rolname collate "C"`);
  return new Map(rows.map((row) => [row.name, row]));
}

async function existingMemberships(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.query<{ name: string }>(`
    select distinct m.rolname || ' in ' || r.rolname as name
      from pg_catalog.pg_auth_members a
      join pg_catalog.pg_roles r on r.oid = a.roleid
      join pg_catalog.pg_roles m on m.oid = a.member
     order by 1`);
  return new Set(rows.map(({ name }) => name));
}

function differing(existing: ExistingRole, role: RoleFacts): readonly string[] {
  const attributes = keptAttributes
    .filter(([key]) => existing[key] !== role[key])
    .map(([key, word]) => `${word} is ${existing[key]} there and ${role[key]} in production`);
  const limit = existing.connectionLimit === role.connectionLimit ? [] : [`connection limit is ${existing.connectionLimit} there`];
  return [...attributes, ...limit];
}

function strangerLoss(name: string, differences: readonly string[]): FidelityLoss {
  return {
    object: { kind: 'role', name },
    message: `role ${name} was on the target server before and is not production's: ${differences.join('; ')}`,
    cure: 'Give the role production’s attributes by hand, choose a server without it, or leave `target` out. A role that was there is never altered.',
  };
}

function missingGrantLoss(object: FidelityLoss['object']): FidelityLoss {
  return {
    object,
    message: `the membership ${object.name} is missing on the target server, where both roles were before`,
    cure: 'Grant it by hand, choose a server without these roles, or leave `target` out. Roles that were there are never altered.',
  };
}

function missingSettingLoss(object: FidelityLoss['object']): FidelityLoss {
  return {
    object,
    message: `the setting ${object.name} is not production's on the target server, where the role was before`,
    cure: 'Set it by hand, choose a server without this role, or leave `target` out. A role that was there is never altered.',
  };
}

async function tryIt(object: FidelityLoss['object'], action: () => Promise<unknown>): Promise<FidelityLoss | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError) || /^(08|57)/.test(error.fields.sqlstate)) throw error;
    return {
      object,
      message: `${object.kind} ${object.name} could not be recreated: ${error.fields.message}`,
      cure: 'Read the error; accept the loss in clone.acceptLosses if it does not matter for what is rehearsed.',
      sqlstate: error.fields.sqlstate,
    };
  }
}
