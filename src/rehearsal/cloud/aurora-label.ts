import type { AuroraSettings } from '../../config/settings/aurora.ts';

/** @example auroraLabel({ cluster: 'shop', region: 'eu-central-1', account: '111122223333' }) // 'Aurora shop in eu-central-1 of 111122223333' */
export function auroraLabel({ cluster, region, account }: Pick<AuroraSettings, 'cluster' | 'region' | 'account'>): string {
  return `Aurora ${cluster} in ${region} of ${account}`;
}
