import type { CheckAbout } from '../check-about.ts';

export const leftovers: CheckAbout = {
  check: 'leftovers',
  phase: 'migrate',
  question: 'Did the migrations leave invalid indexes or constraints that were never validated?',
  effect: 'An invalid index slows every write down, serves no query and guards no uniqueness. A constraint that is NOT VALID holds for new rows only.',
  cure: 'Drop the index (drop index concurrently) and build it again, or validate the constraint (alter table … validate constraint …) in a migration.',
};
