import type { CheckAbout } from '../check-about.ts';

export const violatingRows = {
  check: 'violating-rows',
  phase: 'migrate',
  question: 'Which rows keep a migration from succeeding?',
  effect: 'A constraint that production’s rows break can’t be made, and a statement that would break one is refused: the deploy stops there.',
  cure: 'Look at the rows with the query, and correct them in production before deploying or in a migration before this one. Where new rows are what matters, add the constraint NOT VALID first.',
  sources: [
    {
      says: 'The SQLSTATEs of class 23 are integrity constraint violations: not null 23502, foreign key 23503, unique 23505, check 23514, exclusion 23P01.',
      url: 'https://www.postgresql.org/docs/current/errcodes-appendix.html',
    },
  ],
} as const satisfies CheckAbout;
