import type { CheckAbout } from '../check-about.ts';

export const pgTapCheck: CheckAbout = {
  check: 'pgtap',
  phase: 'data-gate',
  question: 'Do the team’s own pgTAP tests pass on the migrated clone, all that were planned, and could they have failed?',
  effect: 'What the team wrote down about its database is no longer true, or its tests no longer run.',
  cure: 'Correct the migration, or the test if what it says has changed.',
  kinds: [
    {
      kind: 'file',
      says:
        'one file in a transaction that is rolled back, with the extension pgtap as the clone’s server has it. Tests that fail, a plan that is missing or not kept, an error and “Bail out!” fail it. ' +
        'It proves nothing where every test is skipped or TODO, or where all pass as well when every table, view, routine and type has another name.',
    },
  ],
  sources: [
    { says: 'What a test file is, and its plan.', url: 'https://pgtap.org/documentation.html' },
    { says: 'How results are written: plan, ok, not ok, TODO, SKIP, Bail out!', url: 'https://testanything.org/tap-version-13-specification.html' },
  ],
};
