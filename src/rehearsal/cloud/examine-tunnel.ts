import { checkAgent } from '../../cloud/tunnel/ssm/check-agent.ts';
import { findBastion } from '../../cloud/tunnel/ssm/find-bastion.ts';
import { findPlugin } from '../../cloud/tunnel/ssm/find-plugin.ts';
import type { TunnelSettings } from '../../config/settings/tunnel.ts';
import type { AwsAccess } from '../../core/aws.ts';
import type { TunnelWish } from '../../core/cloud.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Examined, told } from '../examined.ts';
import { tunnelWish } from './tunnel-wish.ts';

/** What a tunnel needs, looked at without opening one: its program, and the machine that it leads through. */
export async function examineTunnel(
  context: Context,
  tunnel: TunnelSettings | undefined,
  access: AwsAccess | undefined,
  folder: string,
): Promise<readonly Examined[]> {
  const program = await examineTunnelProgram(context, tunnel);
  const wish = tunnelWish(tunnel, access, folder);
  if (wish.kind !== 'ssm') return program;
  return [...program, told('bastion', await ofBastion(context, wish), (id) => `${id} runs, and its agent is connected`)];
}

/** What can be looked at although the cloud doesn't let us in. */
export async function examineTunnelProgram(context: Context, tunnel: TunnelSettings | undefined): Promise<readonly Examined[]> {
  if (tunnel === undefined || tunnel === 'none') return [];
  if ('ssm' in tunnel) return [told('plugin', await findPlugin(context), (path) => path)];
  const path = await context.edge.system.onPath('ssh');
  const cure = 'Install OpenSSH’s client.';
  const found: Result<string> = path === undefined ? fail(failure('tunnel-program-missing', 'ssh is not on PATH', { object: 'ssh', cure })) : ok(path);
  return [told('ssh', found, (file) => `${file}, through ${tunnel.ssh.host}`)];
}

async function ofBastion(context: Context, { access, bastion }: Extract<TunnelWish, { kind: 'ssm' }>): Promise<Result<string>> {
  const account = await context.edge.aws.connect(access);
  if (!account.ok) return account;
  const found = await findBastion(account.value, bastion, context.signal);
  if (!found.ok) return found;
  const agent = await checkAgent(account.value, found.value, context.signal);
  return agent.ok ? found : agent;
}
