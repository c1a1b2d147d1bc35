export const duration = {
  check: 'duration',
  phase: 'migrate',
  question: 'Did a migration or a statement take longer than the limits?',
  effect: 'A deploy that waits for its migrations stands still meanwhile, with the old application on a half changed database; somebody has to stay and watch.',
  cure: 'Do what takes long after deploying, in the background, in batches; what changes definitions stays in the migration.',
  limits: ['migrationMs', 'postDeployMigrationMs', 'anyMigrationMs', 'statementMs', 'slowStatementMs', 'concurrentMs', 'postDeployConcurrentMs'],
  sources: [
    {
      says: 'GitLab: a regular migration takes at most 3 minutes, a post-deployment migration at most 10; what takes longer belongs into a background migration.',
      url: 'https://docs.gitlab.com/development/migration_style_guide/#how-long-a-migration-should-take',
    },
    {
      says: 'GitLab: a query takes at most 100 ms in a migration and 1 s in a background migration, a concurrent operation 5 minutes in a regular and 20 in a post-deployment migration.',
      url: 'https://docs.gitlab.com/development/database/query_performance/#timing-guidelines-for-queries',
    },
  ],
} as const;
