import type { Settings } from '../../config/schema.ts';
import { inPlaceOf } from '../in-place/is-in-place.ts';

/** Roles that nobody but the cloud can be: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html. */
const amazon: ReadonlySet<string> = new Set(['rdsadmin', 'rdsrepladmin']);
/** https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-security: the superuser is Azure’s own. */
const microsoft: ReadonlySet<string> = new Set(['azuresu']);
const nobody: ReadonlySet<string> = new Set();

/** Who looks after the servers of a cloud, and so comes to those that it restored for us as well. On a server of ours nobody does, whatever he is called. */
export function landlordsOf(settings: Pick<Settings, 'target' | 'source'>): ReadonlySet<string> {
  const { source } = settings;
  if (inPlaceOf(settings) === undefined) return nobody;
  if ('rds' in source || 'aurora' in source) return amazon;
  return 'azure' in source ? microsoft : nobody;
}
