export const publishedTable = {
  check: 'published-table',
  phase: 'migrate',
  question: 'Did a table change that is replicated logically, or how its rows are told apart?',
  effect:
    'Definitions aren’t replicated: a subscriber or CDC consumer stops at the first row that doesn’t fit its table. Without a replica identity every UPDATE and DELETE on the publisher fails.',
  cure: 'Change the consumers first where something is added, and last where something is taken away; keep a replica identity at every moment.',
  way: 'after',
  sources: [
    {
      says: 'The schema and DDL are not replicated: a subscriber that lacks what arrives stops with an error.',
      url: 'https://www.postgresql.org/docs/current/logical-replication-restrictions.html',
    },
    {
      says: 'A published table needs a replica identity (by default its primary key), else UPDATE and DELETE on the publisher fail.',
      url: 'https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY',
    },
  ],
} as const;
