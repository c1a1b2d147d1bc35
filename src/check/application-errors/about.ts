export const applicationErrors = {
  check: 'application-errors',
  phase: 'migrate',
  question: 'Did readers or writers meet errors while the migrations ran?',
  effect: 'The application meets them too, at the moment of the deploy: a missing column, a deadlock, a prepared statement whose result changed.',
  cure: 'Let the application that is still the old one work on the new schema: add first, deploy, then take away.',
} as const;
