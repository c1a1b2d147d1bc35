import type { CheckAbout } from '../check-about.ts';

export const leftovers: CheckAbout = {
  check: 'leftovers',
  phase: 'migrate',
  question:
    'Did the migrations leave something unfinished or open: invalid indexes, constraints that were never validated, sequences behind their columns or at their end, prepared transactions, triggers switched off, views past row level security, roles that can’t connect, processes?',
  effect:
    'An invalid index slows every write down, serves no query and guards no uniqueness. A constraint that is NOT VALID holds for new rows only. A sequence that gives numbers which are taken makes inserts fail. A prepared transaction keeps its locks for good. A view in the place of a table under row level security shows every row.',
  cure: 'Drop the index (drop index concurrently) and build it again, or validate the constraint (alter table … validate constraint …) in a migration. Set sequences ahead with setval(), and switch triggers on again.',
};
