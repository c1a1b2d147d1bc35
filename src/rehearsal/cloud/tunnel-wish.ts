import { resolve } from 'node:path';
import type { TunnelSettings } from '../../config/settings/tunnel.ts';
import type { AwsAccess } from '../../core/aws.ts';
import type { TunnelWish } from '../../core/cloud.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

/**
 * The tunnel that settings ask for.
 *
 * @param access where the destination is, and as whom: what the tunnel's own settings don't say is taken from it
 * @param folder the configuration's, from which paths go
 */
export function tunnelWish(tunnel: TunnelSettings | undefined, access: AwsAccess | undefined, folder: string): TunnelWish {
  if (tunnel === undefined || tunnel === 'none') return { kind: 'direct' };
  if ('ssh' in tunnel) {
    const { host, port, identityFile, configFile } = tunnel.ssh;
    const path = (file: string | undefined) => (file === undefined ? undefined : resolve(folder, file));
    return { kind: 'ssh', host, ...withoutUndefined({ port, identityFile: path(identityFile), configFile: path(configFile) }) };
  }
  const { instanceId, tag, region = access?.region, profile = access?.profile } = tunnel.ssm;
  const bastion = instanceId === undefined ? (tag === undefined ? undefined : { tag }) : { instanceId };
  if (bastion === undefined || region === undefined) throw new Error('settings without a bastion or its region were taken for checked');
  return { kind: 'ssm', access: { region, ...withoutUndefined({ profile }) }, bastion };
}
