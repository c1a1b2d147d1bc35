import type { Patience } from '../../cloud/cloud-thing.ts';
import { removeCloudResource } from '../../cloud/remove-cloud-resource.ts';
import { removeTunnel } from '../../cloud/tunnel/remove-tunnel.ts';
import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import type { Result } from '../../core/result.ts';
import { removeUpload } from '../../sync/objects/begun-uploads.ts';

type Remover = (context: Context, resource: Resource) => Promise<Result<void>>;

/** How what is in clouds, and what leads there, is removed. */
export function cloudRemovers(patience?: Patience): Readonly<Record<'throwaway' | 'snapshot' | 'tunnel' | 'upload', Remover>> {
  const remove: Remover = (context, resource) => removeCloudResource(context, resource, patience);
  return { throwaway: remove, snapshot: remove, tunnel: removeTunnel, upload: removeUpload };
}

/** How often is looked and how long is waited, as the configuration has it. */
export function patienceOf(settings: Pick<Settings, 'source'> | undefined): Patience | undefined {
  if (settings === undefined) return undefined;
  const { source } = settings;
  const cloud = 'rds' in source ? source.rds : 'aurora' in source ? source.aurora : 'azure' in source ? source.azure : undefined;
  if (cloud === undefined) return undefined;
  const { pollSeconds, waitHours } = cloud;
  return { pollMs: pollSeconds * 1000, waitMs: waitHours * 3_600_000 };
}
