import type { RoleFacts } from '../../core/source-facts.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import type { OrderedGrant } from './membership-order.ts';

/** Attributes that a shim keeps: all but LOGIN, which goes with the password. */
export const keptAttributes = [
  ['superuser', 'superuser'],
  ['inherit', 'inherit'],
  ['createRole', 'createrole'],
  ['createDb', 'createdb'],
  ['replication', 'replication'],
  ['bypassRls', 'bypassrls'],
] as const;

/** @example create role app with nologin nosuperuser inherit nocreaterole nocreatedb noreplication nobypassrls connection limit -1 */
export function createRoleStatement(role: RoleFacts): string {
  return `create role ${quoteIdentifier(role.name)} with nologin ${attributeClause(role)}`;
}

export function alterRoleStatement(role: RoleFacts): string {
  return `alter role ${quoteIdentifier(role.name)} with ${attributeClause(role)}`;
}

export function commentOnRoleStatement(role: RoleFacts, comment: string): string {
  return `comment on role ${quoteIdentifier(role.name)} is ${quoteLiteral(comment)}`;
}

/** PostgreSQL 16 made INHERIT and SET options of each membership; before, only ADMIN exists. */
export function grantRoleStatement({ grant, grantedBy }: OrderedGrant, serverVersionNum: number): string {
  const head = `grant ${quoteIdentifier(grant.role)} to ${quoteIdentifier(grant.member)}`;
  const by = grantedBy === undefined ? '' : ` granted by ${quoteIdentifier(grantedBy)}`;
  if (serverVersionNum < 160_000) return `${head}${grant.admin ? ' with admin option' : ''}${by}`;
  const options = [`admin ${grant.admin}`];
  if (grant.inherit !== null) options.push(`inherit ${grant.inherit}`);
  if (grant.set !== null) options.push(`set ${grant.set}`);
  return `${head} with ${options.join(', ')}${by}`;
}

function attributeClause(role: RoleFacts): string {
  const words = keptAttributes.map(([key, word]) => (role[key] ? word : `no${word}`));
  const until = role.validUntil === undefined ? '' : ` valid until ${quoteLiteral(role.validUntil)}`;
  return `${words.join(' ')} connection limit ${role.connectionLimit}${until}`;
}
