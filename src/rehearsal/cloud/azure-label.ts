import type { AzureSettings } from '../../config/settings/azure.ts';

/** @example azureLabel({ server: 'shop', resourceGroup: 'production', subscription: '1a2b…' }) // 'Azure shop in production of 1a2b…' */
export function azureLabel({ server, resourceGroup, subscription }: Pick<AzureSettings, 'server' | 'resourceGroup' | 'subscription'>): string {
  return `Azure ${server} in ${resourceGroup} of ${subscription}`;
}
