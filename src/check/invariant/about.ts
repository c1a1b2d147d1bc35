import type { CheckAbout } from '../check-about.ts';

export const invariantCheck: CheckAbout = {
  check: 'invariant',
  phase: 'data-gate',
  question: 'Does what the team declared to be always true still hold after migrating, and could the check have noticed if it didn’t?',
  effect: 'What the application or the business relies on is no longer true: rows of other tenants are seen, books don’t balance, history can be altered.',
  cure: 'Correct the migration that broke it, or the invariant in data.invariants if the rule has changed.',
};
