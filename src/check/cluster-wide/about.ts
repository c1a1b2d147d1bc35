export const clusterWide = {
  check: 'cluster-wide',
  phase: 'migrate',
  question: 'Did a statement change the server and not only the database?',
  effect:
    'Roles, settings and tablespaces belong to all databases of the server; on managed services many of these statements are refused, and restoring this database doesn’t undo them.',
  cure: 'Keep them out of the migrations: in the provisioning of the server, where it is known who may do that, and in which order.',
  sources: [{ says: 'Roles are defined for the whole cluster of databases.', url: 'https://www.postgresql.org/docs/current/user-manag.html' }],
} as const;
