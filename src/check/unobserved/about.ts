import type { CheckAbout } from '../check-about.ts';

export const unobserved: CheckAbout = {
  check: 'unobserved',
  phase: 'migrate',
  question: 'Was everything seen that a judgement about locks needs?',
  effect: 'What nobody saw can’t be called harmless: a lock that was held for long, or a table that was rewritten, may be among it.',
  cure: 'Rehearse again; where the migration tool connects by itself, give it the address that pgrehearse hands it (DATABASE_URL, PGHOST and PGPORT).',
};
