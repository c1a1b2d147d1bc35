/**
 * Roles that look after the servers of a cloud, and that nobody but the cloud can be there.
 * Amazon: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html. Microsoft, whose superuser is Azure's own:
 * https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-security.
 */
export const landlords = { amazon: ['rdsadmin', 'rdsrepladmin'], microsoft: ['azuresu'] } as const;
