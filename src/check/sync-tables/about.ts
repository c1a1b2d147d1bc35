import type { CheckAbout } from '../check-about.ts';

export const syncTablesAbout: CheckAbout = {
  check: 'sync-tables',
  phase: 'data-gate',
  question: 'Has each of staging’s tables the rows that production gave at one instant, value for value, masked and converted as planned?',
  effect: 'A table that was left out or came over in part looks like data on staging: what works there, or fails, then says nothing about production.',
  cure: 'Read the table’s reason: say how a column is converted (sync.tables.values), migrate the side that is behind, or exclude the table. It still has its old rows.',
};
