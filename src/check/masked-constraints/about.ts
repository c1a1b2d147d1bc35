import type { CheckAbout } from '../check-about.ts';

export const maskedConstraints: CheckAbout = {
  check: 'masked-constraints',
  phase: 'data-gate',
  question: 'Did the migrations add a constraint whose rows were checked only after they had been masked?',
  effect: 'Masked rows keep it; production’s own may not. The same migration would fail there, at the moment of the deploy.',
  cure: 'Run the query that is shown on a replica of production: no row means that production keeps the constraint. Or keep the column, or mask it in a way that does not change the answer.',
};
