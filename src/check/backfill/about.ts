import type { CheckAbout } from '../check-about.ts';

export const backfill = {
  check: 'backfill',
  phase: 'migrate',
  question: 'Does each batch of the declared backfill stay within its limit, and when will all of it be done?',
  effect:
    'A batch holds the locks of all its rows until it ends: whoever wants one of them waits as long, VACUUM can’t clean up behind it, and a standby falls behind.',
  cure: 'Make the batches smaller, or see that the statement finds its rows by an index.',
  sources: [
    {
      says: 'GitLab’s limit for a single query of a background migration is one second, with a cold cache.',
      url: 'https://docs.gitlab.com/development/migration_style_guide/',
    },
  ],
} as const satisfies CheckAbout;
