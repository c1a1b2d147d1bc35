import type { RdsSettings } from '../../config/settings/rds.ts';

/** @example rdsLabel({ instance: 'production', region: 'eu-central-1', account: '111122223333' }) // 'RDS production in eu-central-1 of 111122223333' */
export function rdsLabel({ instance, region, account }: Pick<RdsSettings, 'instance' | 'region' | 'account'>): string {
  return `RDS ${instance} in ${region} of ${account}`;
}
