import type { CloudPlace } from '../../cloud/inventory.ts';
import type { Settings } from '../../config/schema.ts';
import { azureAccess } from './azure-wish.ts';
import { rdsAccess } from './rds-wish.ts';

/** Where the configuration lets things be made: these are looked through for what was left. */
export function cloudPlaces(settings: Pick<Settings, 'source'> | undefined): readonly CloudPlace[] {
  if (settings === undefined) return [];
  const { source } = settings;
  if ('azure' in source) {
    const { azure } = source;
    return [{ access: { region: 'unknown' }, account: azure.subscription, azure: azureAccess(azure), prices: azure.prices }];
  }
  if ('aurora' in source) {
    const { aurora } = source;
    return [{ access: rdsAccess(aurora), account: aurora.account, aurora: true, prices: aurora.prices }];
  }
  if (!('rds' in source)) return [];
  const { rds } = source;
  return [{ access: rdsAccess(rds), account: rds.account, prices: rds.prices }];
}
