import type { CheckAbout } from '../check-about.ts';

export const preservation: CheckAbout = {
  check: 'preservation',
  phase: 'data-gate',
  question: 'Is every value that was there before still there after, in its column or in the one that took its place?',
  effect:
    'A dropped column is gone the moment the migration commits, and a narrower type cuts off what doesn’t fit. Nothing fails, and only a backup brings it back.',
  cure: 'Keep the values: copy them to their new place first, or choose a type that holds them. Where they may go, say so in data.contentChanges.',
};
