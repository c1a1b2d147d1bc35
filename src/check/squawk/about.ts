import type { CheckAbout } from '../check-about.ts';

export const squawkHints: CheckAbout = {
  check: 'squawk',
  phase: 'migrate',
  question: 'Does squawk, a linter for migrations, have hints about the migrations that ran?',
  effect: 'A linter reads the text and knows neither the tables’ sizes nor what the server did: its hints are told, and never decide.',
  cure: 'Read the rule’s page; switch rules off in .squawk.toml, or all of it with record.squawk: off.',
  sources: [{ says: 'Each rule of squawk is explained there, with examples.', url: 'https://squawkhq.com/docs/rules' }],
};
