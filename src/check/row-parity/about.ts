import type { CheckAbout } from '../check-about.ts';

export const rowParity: CheckAbout = {
  check: 'row-parity',
  phase: 'fidelity',
  question: 'Has each table of the clone the rows that production had at the instant of the copy: as many, and with data.parity content the same?',
  effect: 'A migration that is rehearsed on fewer rows runs longer in production, and may meet rows there that it never met here.',
  cure: 'Make the copy again; a table that stays short is named. Where a difference in counts is known and harmless, set data.parityPercent.',
};
