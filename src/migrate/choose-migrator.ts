import type { Session } from '../core/ports.ts';
import type { RoleFacts, SourceFacts } from '../core/source-facts.ts';

/** Whom to take for the migrator when the configuration names nobody, and how that was guessed. */
export interface ChosenMigrator {
  readonly role: string;
  readonly how: string;
}

/** The owner of the database that a session is on. */
const databaseOwnerQuery = `
select pg_catalog.pg_get_userbyid(d.datdba) as role
from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database()`;

/** Who owns the most tables: in a copy from a dump, the database's owner is ours, but tables keep their owners. */
const tableOwnersQuery = `
select pg_catalog.pg_get_userbyid(c.relowner) as role
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
group by c.relowner
order by count(*) desc, 1`;

/**
 * Guesses the migrator: the database's owner if production has that role, else the owner of most tables. Undefined where all belongs to our own administrator.
 *
 * @param roles production's; none where the source couldn't tell them
 */
export async function chooseMigrator(admin: Session, roles: readonly RoleFacts[]): Promise<ChosenMigrator | undefined> {
  const known = new Set(roles.map(({ name }) => name));
  const isReal = ({ role }: { role: string }) => known.has(role) || (known.size === 0 && role !== admin.address.user);
  const [owner] = await admin.query<{ role: string }>(databaseOwnerQuery);
  if (owner !== undefined && isReal(owner)) return { role: owner.role, how: 'it owns the database' };
  const tableOwner = (await admin.query<{ role: string }>(tableOwnersQuery)).find(isReal);
  return tableOwner === undefined ? undefined : { role: tableOwner.role, how: 'it owns the most tables' };
}

/**
 * Who builds the baseline: its database is empty, so that nothing in it tells who owns production's.
 *
 * @param role migrate.role
 */
export function baselineMigrator(role: string | undefined, { databaseOwner, roles }: Pick<SourceFacts, 'databaseOwner' | 'roles'>): string | undefined {
  return role ?? (roles.some(({ name }) => name === databaseOwner) ? databaseOwner : undefined);
}
