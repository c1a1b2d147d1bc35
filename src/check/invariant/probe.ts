import type { Expectation, SqlInvariant } from '../../config/schema.ts';
import type { Finding } from '../../core/finding.ts';
import type { Session } from '../../core/ports.ts';
import type { Breaking } from './breakings.ts';
import { type Judgement, judgeSeen, type Seen, showExpectation, showSeen } from './expectation.ts';

/** One statement, run in a transaction that is rolled back. Of several the last one is judged. */
export interface Check {
  readonly sql: string;
  readonly role?: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  /** What is read of its answer: the first column of the only row, or how many rows came or were changed. */
  readonly answer: 'value' | 'rows';
  /** Deferred constraints would speak up only at the commit that never comes: they are made to speak up at once. */
  readonly settleConstraints?: boolean;
  /** Run before, as superuser. */
  readonly prepare?: readonly string[];
}

/** A question to the migrated clone whose answer must be seen to turn once something is broken. */
export interface Probe {
  /** What tells it from the invariant's other probes, in its finding's id; absent where it is the only one. */
  readonly key?: string;
  /** What is asked about, as a person says it: `rows of other tenants in public.lot`. */
  readonly subject?: string;
  /** The same beside what was broken, which says the rest: `other tenants’ rows`. */
  readonly label?: string;
  readonly check: Check;
  readonly judge: (seen: Seen) => Judgement;
  readonly expected: string;
  readonly show: (seen: Seen) => string;
  /** Ways to break it, best first. `seen`: its answer when nothing was broken. */
  readonly breakings: (session: Session, seen: Seen) => Promise<readonly Breaking[]>;
  /** Needs a session in which no setting has ever been made: one that was made and rolled back stays as an empty text. */
  readonly freshSession?: true;
  /** What must work: it shows that the others don't hold merely because everything fails. It needs no proof of its own, and its failure is a doubt. */
  readonly control?: true;
  /** Of a group, one that could be asked is enough: the others are only told. */
  readonly group?: string;
  /** Whether row level security would pass the role by, where that matters. */
  readonly bypass?: (session: Session) => Promise<string | undefined>;
  readonly detail?: string;
  /** What to do where it is violated. */
  readonly cure?: string;
  /** What to do where its answer can't be turned. */
  readonly proofCure?: string;
  /** Instead of the check itself: statements that show what is wrong. */
  readonly showSql?: string;
}

/** Why something proves nothing. */
export interface Doubt {
  readonly key?: string;
  readonly reason: string;
  readonly cure: string;
}

/** What an invariant comes down to on this very database. */
export interface Plan {
  readonly probes: readonly Probe[];
  readonly doubts: readonly Doubt[];
  /** What isn't asked, and why that is no doubt: a clause each. */
  readonly remarks: readonly string[];
  /** What was seen on the way, and doesn't decide. */
  readonly warnings: readonly Pick<Finding, 'object' | 'title' | 'detail' | 'cure'>[];
  /** Queries that read what the answers rest on: masked columns among it weaken them. */
  readonly reads: readonly Check[];
}

/** A plan that proves nothing. */
export function doubtful(reason: string, cure: string): Plan {
  return { probes: [], doubts: [{ reason, cure }], remarks: [], warnings: [], reads: [] };
}

/** How an answer is judged that a person declared. */
export function asExpected(expect: Expectation): Pick<Probe, 'judge' | 'expected' | 'show'> {
  return { judge: (seen) => judgeSeen(expect, seen), expected: showExpectation(expect), show: showSeen };
}

/** The check of an invariant that is a query of the team's own. */
export function ownCheck({ sql, role, settings, expect }: Pick<SqlInvariant, 'sql' | 'role' | 'settings' | 'expect'>): Check {
  return { sql, role, settings, answer: 'value' in expect ? 'value' : 'rows', settleConstraints: 'error' in expect };
}

/** A query as the superuser, for what the answers rest on. */
export function reading(sql: string, { role, settings }: Partial<Pick<Check, 'role' | 'settings'>> = {}): Check {
  return { sql, role, settings: settings ?? {}, answer: 'value' };
}
