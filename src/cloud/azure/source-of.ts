import type { AzureWish } from '../../core/cloud.ts';

/** Which production a wish is about: the same for its reruns, and what the tags say. */
export function sourceOf({ access: { subscription, resourceGroup }, server }: Pick<AzureWish, 'access' | 'server'>): string {
  return `azure:${subscription}:${resourceGroup}:${server}`.toLowerCase();
}
