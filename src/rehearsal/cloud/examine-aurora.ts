import { describeProductionCluster } from '../../cloud/aurora/describe-production.ts';
import { openAccount } from '../../cloud/open-account.ts';
import type { AuroraSettings } from '../../config/settings/aurora.ts';
import type { Context } from '../../core/ports.ts';
import { type ExaminedCloud, told } from '../examined.ts';
import { auroraWish } from './aurora-wish.ts';
import { checkPermission } from './check-permission.ts';
import { examineTunnel, examineTunnelProgram } from './examine-tunnel.ts';
import { auroraPermission } from './open-aurora.ts';
import { planAuroraSource } from './plan-aurora.ts';

/** Whether production on Aurora could be cloned now, by calls that only read: nothing is made for it, so that what is inside stays unseen. */
export async function examineAurora(context: Context, settings: AuroraSettings, folder: string): Promise<ExaminedCloud> {
  const wish = auroraWish(settings, context.cloud);
  const who = `account ${settings.account}, ${settings.region}${settings.profile === undefined ? '' : `, profile ${settings.profile}`}`;
  const account = await openAccount(context, wish.access, settings.account);
  const opened = told('cloud', account, () => who);
  if (!account.ok) return { examined: [opened, ...(await examineTunnelProgram(context, settings.tunnel))] };
  const plan = await planAuroraSource(context, settings, folder);
  const production = await describeProductionCluster(context, account.value, wish);
  const version = production.ok ? production.value.cluster?.EngineVersion : undefined;
  const permitted = checkPermission(context, auroraPermission(settings));
  const examined = [
    opened,
    told(settings.snapshot === undefined ? 'clone' : 'snapshot', plan, ({ steps: [first = ''], minutes: [from, to] }) => {
      return `${first} It takes ${from} to ${to} min until it can be read`;
    }),
    // No trouble of the machine's: a person decides.
    { what: 'permission', found: permitted.ok ? 'clusters may be cloned or restored, and deleted' : permitted.failure.message },
    ...(await examineTunnel(context, settings.tunnel, wish.access, folder)),
    ...(settings.tlsRootCertificate === undefined
      ? [{ what: 'TLS', found: 'encrypted, but nobody vouches for the server (source.aurora.tlsRootCertificate)' }]
      : []),
  ];
  // Its storage grows by itself, and has no size that is told beforehand.
  return { examined, version };
}
