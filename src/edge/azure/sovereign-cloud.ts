import { environment } from '../system/environment.ts';

/** Azure's clouds, by the host that gives tokens: https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure and its like for China. */
const managers: Readonly<Record<string, string>> = {
  'login.microsoftonline.com': 'https://management.azure.com',
  'login.microsoftonline.us': 'https://management.usgovcloudapi.net',
  'login.chinacloudapi.cn': 'https://management.chinacloudapi.cn',
};

/** The authority is the SDK's own variable; Resource Manager has none, and belongs to it. */
export function managerOf(): string {
  return managers[authorityHost() ?? ''] ?? 'https://management.azure.com';
}

/** An authority that isn't Microsoft's is unknown to the place on the internet where others are looked up. */
export function authorityOptions(): { readonly disableInstanceDiscovery?: true } {
  const host = authorityHost();
  return host === undefined || host in managers ? {} : { disableInstanceDiscovery: true };
}

function authorityHost(): string | undefined {
  const given = environment('AZURE_AUTHORITY_HOST');
  if (given === undefined) return undefined;
  try {
    return new URL(given.includes('://') ? given : `https://${given}`).host;
  } catch {
    return undefined;
  }
}
