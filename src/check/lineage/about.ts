import type { CheckAbout } from '../check-about.ts';

export const lineageCheck: CheckAbout = {
  check: 'lineage',
  phase: 'lineage',
  question: 'Is the history of migrations what it is taken for: one end, nothing edited, missing or reordered, and applied as expected?',
  effect:
    'With two ends a tool stops at the deploy, or applies one branch only. A file that was edited after it ran leaves production with a schema that no repo describes. A revision that nobody expected runs in production unseen.',
  cure: 'Merge the heads, restore what was edited or is missing, and put changes into new migrations.',
  kinds: [
    { kind: 'heads', says: 'The files have exactly one end, and it is `lineage.expectedHead` where that is set. Asked before anything is copied.' },
    {
      kind: 'history',
      says: 'No file that production has applied was edited, is missing or has another place, by the checksums of the ledger or of an approved run.',
    },
    { kind: 'pending', says: 'What is pending is `lineage.expectedPending`, in that order.' },
    {
      kind: 'applied',
      says: 'What the run applied is that list too, by the ledger before and after, and in the order in which the ledger was written where that was seen.',
    },
  ],
};
