import type { CloudPlace } from '../../cloud/inventory.ts';
import type { Settings } from '../../config/schema.ts';
import { rdsAccess } from './rds-wish.ts';

/** Where the configuration lets things be made: these are looked through for what was left. */
export function cloudPlaces(settings: Pick<Settings, 'source'> | undefined): readonly CloudPlace[] {
  if (settings === undefined || !('rds' in settings.source)) return [];
  const { rds } = settings.source;
  return [{ access: rdsAccess(rds), account: rds.account }];
}
