import { openAccount } from '../../cloud/open-account.ts';
import { describeProduction } from '../../cloud/rds/describe-production.ts';
import type { RdsSettings } from '../../config/settings/rds.ts';
import type { Context } from '../../core/ports.ts';
import { type ExaminedCloud, told } from '../examined.ts';
import { checkPermission } from './check-permission.ts';
import { examineTunnel, examineTunnelProgram } from './examine-tunnel.ts';
import { planRds } from './plan-rds.ts';
import { rdsAccess, rdsWish } from './rds-wish.ts';

/** Whether production on RDS could be cloned now, by calls that only read: nothing is restored for it, so that what is inside stays unseen. */
export async function examineRds(context: Context, settings: RdsSettings, folder: string): Promise<ExaminedCloud> {
  const access = rdsAccess(settings);
  const who = `account ${settings.account}, ${settings.region}${settings.profile === undefined ? '' : `, profile ${settings.profile}`}`;
  const account = await openAccount(context, access, settings.account);
  const opened = told('cloud', account, () => who);
  if (!account.ok) return { examined: [opened, ...(await examineTunnelProgram(context, settings.tunnel))] };
  const plan = await planRds(context, settings, folder);
  const permitted = checkPermission(context, settings);
  const production = await describeProduction(context, account.value, rdsWish(settings));
  const { EngineVersion: version, AllocatedStorage: diskGb } = (production.ok ? production.value : undefined) ?? {};
  const examined = [
    opened,
    told('snapshot', plan, ({ steps: [first = ''], minutes: [from, to] }) => `${first} It takes ${from} to ${to} min until it can be read`),
    // No trouble of the machine's: a person decides.
    { what: 'permission', found: permitted.ok ? 'servers may be restored and deleted' : permitted.failure.message },
    ...(await examineTunnel(context, settings.tunnel, access, folder)),
    ...(settings.tlsRootCertificate === undefined
      ? [{ what: 'TLS', found: 'encrypted, but nobody vouches for the server (source.rds.tlsRootCertificate)' }]
      : []),
  ];
  return { examined, version, diskGb };
}
