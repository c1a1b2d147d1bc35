import { describeProduction } from '../../cloud/azure/describe-production.ts';
import { openAzure } from '../../cloud/azure/open-azure.ts';
import type { AzureSettings } from '../../config/settings/azure.ts';
import type { Context } from '../../core/ports.ts';
import { type ExaminedCloud, told } from '../examined.ts';
import { azureWish } from './azure-wish.ts';
import { checkPermission } from './check-permission.ts';
import { examineTunnel, examineTunnelProgram } from './examine-tunnel.ts';
import { permissionOf } from './open-azure.ts';

/** Whether production on Azure could be cloned now, by calls that only read: nothing is restored for it, so that what is inside stays unseen. */
export async function examineAzure(context: Context, settings: AzureSettings, folder: string): Promise<ExaminedCloud> {
  const wish = azureWish(settings, context.cloud);
  const account = await openAzure(context, wish.access);
  const opened = told('cloud', account, () => `subscription ${settings.subscription}, resource group ${settings.resourceGroup}`);
  if (!account.ok) return { examined: [opened, ...(await examineTunnelProgram(context, settings.tunnel))] };
  const production = await describeProduction(context, account.value, wish);
  const permitted = checkPermission(context, permissionOf(settings));
  const { version, storage } = production.ok ? production.value : {};
  const examined = [
    opened,
    told('server', production, ({ name = '', version: major = 'unknown', location = '' }) => `${name} in ${location}, PostgreSQL ${major}, can be restored`),
    // No trouble of the machine's: a person decides.
    { what: 'permission', found: permitted.ok ? 'servers may be restored and deleted' : permitted.failure.message },
    ...(await examineTunnel(context, settings.tunnel, undefined, folder)),
    ...(settings.tlsRootCertificate === undefined
      ? [{ what: 'TLS', found: 'encrypted, but nobody vouches for the server (source.azure.tlsRootCertificate)' }]
      : []),
  ];
  return { examined, version, diskGb: storage?.storageSizeGB };
}
