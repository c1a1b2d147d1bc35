import type { RoleMembership, SourceFacts } from '../../core/source-facts.ts';

export interface OrderedGrant {
  readonly grant: RoleMembership;
  /** Absent: granted by whoever carries it out. */
  readonly grantedBy?: string;
}

/**
 * The memberships in an order in which each grantor already has the admin option. A grant of the source's bootstrap superuser needs no such
 * option there, and is made by ours here.
 */
export function orderMemberships(facts: Pick<SourceFacts, 'roles' | 'memberships'>): readonly OrderedGrant[] {
  const superusers = new Set(facts.roles.filter((role) => role.superuser).map((role) => role.name));
  const key = (role: string, member: string) => JSON.stringify([role, member]);
  const everAdmin = new Set(facts.memberships.filter((grant) => grant.admin).map((grant) => key(grant.role, grant.member)));
  const byUs = (grant: RoleMembership) => grant.grantor === '' || (superusers.has(grant.grantor) && !everAdmin.has(key(grant.role, grant.grantor)));
  const admins = new Set<string>();
  const ordered: OrderedGrant[] = [];
  let waiting = [...facts.memberships];
  while (waiting.length > 0) {
    const ready = waiting.filter((grant) => byUs(grant) || admins.has(key(grant.role, grant.grantor)));
    // A grantor that has lost its option since (possible before PostgreSQL 16) can't grant any more: the membership itself still counts.
    const next = ready.length > 0 ? ready : waiting;
    for (const grant of next) {
      ordered.push(ready.length === 0 || byUs(grant) ? { grant } : { grant, grantedBy: grant.grantor });
      if (grant.admin) admins.add(key(grant.role, grant.member));
    }
    waiting = waiting.filter((grant) => !next.includes(grant));
  }
  return ordered;
}
