import type { CheckAbout } from '../check-about.ts';

export const rowBounds: CheckAbout = {
  check: 'row-bounds',
  phase: 'data-gate',
  question: 'Did the migrations insert, update and delete as many rows of each table as was declared, and no masses of rows that nobody declared?',
  effect: 'A condition that is too wide changes rows that it should not; one that is too narrow, or row level security, leaves rows out. Neither is an error.',
  cure: 'Correct the statement’s condition, or the bound in data.bounds if it is wrong.',
};
