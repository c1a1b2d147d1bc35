import type { SqlInvariant } from '../../../config/schema.ts';
import { breakingsFor } from '../breakings.ts';
import { bypassesRls } from '../bypasses-rls.ts';
import { asExpected, ownCheck, type Plan } from '../probe.ts';

/** A query of the team's own: one probe, broken by what the team wrote or by what such queries commonly rely on. */
export function planOwnSql(invariant: SqlInvariant): Plan {
  const { expect } = invariant;
  const check = ownCheck(invariant);
  // A check that expects a trigger's or a constraint's refusal is not about row level security; 42501 may be.
  const aboutRls = !('error' in expect) || expect.error === '42501';
  return {
    probes: [
      {
        check,
        ...asExpected(expect),
        breakings: (session, seen) => breakingsFor(session, invariant, seen.kind === 'error' ? seen.sql : undefined),
        ...(aboutRls ? { bypass: (session) => bypassesRls(session, check) } : {}),
        proofCure:
          invariant.breakWith === undefined
            ? 'Add breakWith: SQL that breaks what the invariant is about, run in a transaction that is rolled back. A check that can’t fail proves nothing.'
            : 'Correct breakWith, or the check: it must notice what breakWith does.',
      },
    ],
    doubts: [],
    remarks: [],
    warnings: [],
    reads: [check],
  };
}
