import { openAccount } from '../../cloud/open-account.ts';
import { describeProduction } from '../../cloud/rds/describe-production.ts';
import type { RdsSettings } from '../../config/settings/rds.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Examined, told } from '../examined.ts';
import { checkPermission } from './check-permission.ts';
import { examineTunnel } from './examine-tunnel.ts';
import { planRds } from './plan-rds.ts';
import { rdsAccess, rdsWish } from './rds-wish.ts';

const gigabyte = 1024 ** 3;

/** Whether production on RDS could be cloned now, by calls that only read: nothing is restored for it, so that what is inside stays unseen. */
export async function examineRds(context: Context, settings: RdsSettings, folder: string): Promise<readonly Examined[]> {
  const access = rdsAccess(settings);
  const who = `account ${settings.account}, ${settings.region}${settings.profile === undefined ? '' : `, profile ${settings.profile}`}`;
  const account = await openAccount(context, access, settings.account);
  const opened = told('cloud', account, () => who);
  if (!account.ok) return [opened];
  const plan = await planRds(context, settings, folder);
  const permitted = checkPermission(context, settings);
  return [
    opened,
    told('snapshot', plan, ({ steps: [first = ''], minutes: [from, to] }) => `${first} It takes ${from} to ${to} min until it can be read`),
    ...(await ofServer(context, settings, account.value)),
    // No trouble of the machine's: a person decides.
    { what: 'permission', found: permitted.ok ? 'servers may be restored and deleted' : permitted.failure.message },
    ...(await examineTunnel(context, settings.tunnel, access, folder)),
    ...(settings.tlsRootCertificate === undefined
      ? [{ what: 'TLS', found: 'encrypted, but nobody vouches for the server (source.rds.tlsRootCertificate)' }]
      : []),
  ];
}

/** What can be told of the server without getting in. */
async function ofServer(context: Context, settings: RdsSettings, account: Parameters<typeof describeProduction>[1]): Promise<readonly Examined[]> {
  const production = await describeProduction(context, account, rdsWish(settings));
  const { EngineVersion: version, AllocatedStorage: allocatedGb } = (production.ok ? production.value : undefined) ?? {};
  const examined: Examined[] = [];
  if (version !== undefined) {
    const dump = await context.edge.postgres.pgDumpFor(Number.parseInt(version, 10));
    examined.push(told('client', dump, ({ label }) => `${label} reads PostgreSQL ${version}`));
  }
  if (allocatedGb !== undefined) examined.push(told('disk', await roomFor(context, allocatedGb), (text) => text));
  return examined;
}

/** A disk of RDS is seldom full, so that only a hopeless case is a failure here: the run itself measures. */
async function roomFor(context: Context, allocatedGb: number): Promise<Result<string>> {
  const freeGb = (await context.edge.system.freeDiskBytes(context.home.data)) / gigabyte;
  const text = `${freeGb.toFixed(1)} GB are free in ${context.home.data}, and production’s disk has ${allocatedGb} GB`;
  if (freeGb >= 1) return ok(freeGb < allocatedGb ? `${text}: enough only if it isn’t full` : text);
  return fail(failure('disk-short', `${text}.`));
}
