import type { CheckAbout } from '../check-about.ts';

export const stampCheck: CheckAbout = {
  check: 'stamp',
  phase: 'lineage',
  question: 'Was nothing but the list of applied migrations written when the clone was stamped, and does it name the anchor?',
  effect:
    'A stamp that changes more than the list is a migration that nobody reviewed; one that names another revision makes the next deploy run too much or too little.',
  cure: 'Stamp by the tool’s own command, with the revision that production structurally equals.',
};
