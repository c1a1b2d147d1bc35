import type { CheckAbout } from '../check-about.ts';

export const requiredObjects: CheckAbout = {
  check: 'required-object',
  phase: 'schema-gate',
  question: 'Is every object that the release needs there after migrating, and valid?',
  effect:
    'A migration may report success and not have made what the release needs: its first request fails, or an index or constraint that is there guards nothing.',
  cure: 'Correct the migration that makes it, or requiredObjects where the name or a column is wrong.',
};
