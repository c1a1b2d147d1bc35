import { countOf } from '../../core/count-of.ts';
import type { Finding } from '../../core/finding.ts';
import { nameSome } from '../../core/name-some.ts';
import type { LogIn } from '../../sql/log-ins.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { leftover } from './leftover.ts';
import type { Policed } from './read-policed.ts';

/** So many roles are told by name. */
const named = 5;

/** Roles that could connect before and can't now: one finding for each reason, since groups of roles never log in. Pure. */
export function shutOut(before: readonly LogIn[], after: readonly LogIn[]): readonly Finding[] {
  const free = new Set(before.filter(({ refused }) => refused === null).map(({ oid }) => oid));
  const out = after.filter(({ oid, refused }) => refused !== null && free.has(oid));
  return [...Map.groupBy(out, ({ refused }) => refused ?? '')].map(([why, roles]): Finding => {
    const names = roles.map(({ role }) => quoteIdentifier(role));
    const title = `${countOf(roles.length, 'role')} may not connect any more, as ${why}: ${nameSome(names, named)}`;
    return {
      ...leftover({ kind: 'roles', name: names.slice(0, named).join(', ') }, 'warning', title),
      cure: 'Nothing, where none of them logs in: else grant connect on database … to … in the same migration.',
    };
  });
}

/** Names under which row level security held, and does so no longer. Pure. */
export function withoutPolicies(before: readonly Policed[], after: readonly Policed[]): readonly Finding[] {
  const held = new Map(before.filter(({ policies }) => policies === 'held').map((one) => [one.name, one]));
  return after.flatMap(({ oid, name, view, policies }): readonly Finding[] => {
    const was = held.get(name);
    if (was === undefined || policies === 'held') return [];
    // What became of the table behind it is told of that.
    if (view && was.oid === oid && policies === 'free') return [];
    if (policies === 'past') {
      const title = `${name} is read past the policies that held there: its owner is one whom they don’t stop`;
      return [
        {
          ...leftover({ kind: 'view', name }, 'blocker', title),
          rootCause: 'invariant',
          detail: 'Whoever may select from it sees every row of the table behind it.',
          cure: `alter view ${name} set (security_invoker = true), from PostgreSQL 15 on; before, give it an owner whom the policies stop.`,
        },
      ];
    }
    const title = was.oid === oid ? `Row level security of ${name} was switched off` : `${name} is another one now, without row level security`;
    return [
      {
        ...leftover({ kind: 'table', name }, 'warning', title),
        detail: 'Whoever may select from it sees every row.',
        cure: 'Nothing, where that is what the release is for; an invariant of the kind rls-isolation asks whether other tenants’ rows stay hidden.',
      },
    ];
  });
}
