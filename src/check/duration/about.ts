export const duration = {
  check: 'duration',
  phase: 'migrate',
  question: 'Did a migration or a statement take longer than the limits?',
  effect: 'A deploy that waits for its migrations stands still meanwhile, with the old application on a half changed database; somebody has to stay and watch.',
  cure: 'Do what takes long after deploying, in the background, in batches; what changes definitions stays in the migration.',
} as const;
