import type { AwsAccount } from '../../../core/aws.ts';
import type { TunnelWish } from '../../../core/cloud.ts';
import { CloudError } from '../../../core/cloud-error.ts';
import { cloudFailure } from '../../../core/cloud-failure.ts';
import { failure } from '../../../core/failure.ts';
import type { Context } from '../../../core/ports.ts';
import type { Resource } from '../../../core/resource.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { Endpoint, MakerOf, TunnelPace, Way } from '../endpoint.ts';
import { startWay } from '../start-way.ts';
import { checkAgent } from './check-agent.ts';
import { findBastion } from './find-bastion.ts';
import { findPlugin } from './find-plugin.ts';
import { readPluginLine } from './read-plugin-line.ts';
import { endSessions, reasonOf } from './sessions.ts';

type SsmWish = Extract<TunnelWish, { kind: 'ssm' }>;

/** The variable that the plugin takes the answer of StartSession from, the session's token among it; its name goes in that answer's place. */
const responseVariable = 'AWS_SSM_START_SESSION_RESPONSE';
const document = 'AWS-StartPortForwardingSessionToRemoteHost';

/** Ways through a machine's SSM agent: a session by the API, and AWS's own plugin that carries it. */
export const ssmWays: MakerOf<SsmWish> = (context, wish, destination, pace) => {
  const { bastion, access } = wish;
  const through = 'instanceId' in bastion ? bastion.instanceId : `${bastion.tag.name}=${bastion.tag.value}`;
  return {
    kind: 'ssm',
    through: `bastion ${through}`,
    facts: { through, region: access.region, ...(access.profile === undefined ? {} : { profile: access.profile }) },
    begin: (resource, signal) => begin({ context, wish, destination, pace, resource, signal }),
  };
};

interface Beginning {
  readonly context: Context;
  readonly wish: SsmWish;
  readonly destination: Endpoint;
  readonly pace: TunnelPace;
  readonly resource: Resource;
  readonly signal: AbortSignal;
}

async function begin({ context, wish, destination, pace, resource, signal }: Beginning): Promise<Result<Way>> {
  const plugin = await findPlugin(context);
  if (!plugin.ok) return plugin;
  const connected = await context.edge.aws.connect(wish.access);
  if (!connected.ok) return connected;
  const account = connected.value;
  // One that broke may live on at the service, and with it what it forwards.
  const ended = await endSessions(context, account, resource);
  if (!ended.ok) return ended;
  const found = await findBastion(account, wish.bastion, signal);
  if (!found.ok) return found;
  const usable = await checkAgent(account, found.value, signal);
  if (!usable.ok) return usable;
  const port = await context.edge.system.freePort();
  const request = {
    Target: found.value,
    DocumentName: document,
    Reason: reasonOf(resource),
    Parameters: { host: [destination.host], portNumber: [String(destination.port)], localPortNumber: [String(port)] },
  };
  const whose = await accountOf(account);
  if (!whose.ok) return whose;
  await context.ledger.amend(resource.id, { facts: { bastion: found.value, account: whose.value } });
  const response = await startSession(account, request, signal);
  if (!response.ok) return response;
  await context.ledger.amend(resource.id, { facts: { session: response.value.SessionId } });
  const { environment } = context.edge.system;
  const endpoint = environment('AWS_ENDPOINT_URL_SSM') ?? environment('AWS_ENDPOINT_URL') ?? '';
  const { region, profile = '' } = wish.access;
  const args = [responseVariable, region, 'StartSession', profile, JSON.stringify(request), endpoint];
  // Its listener must never be open to other machines, whatever our caller has set.
  const env = { [responseVariable]: JSON.stringify(response.value), SSM_PLUGIN_LOCAL_HOST: '127.0.0.1' };
  const program = { command: plugin.value, args, env, inheritEnvironment: true, withoutVariable: (name: string) => !isForAws(name) };
  const read = (line: string) => readPluginLine(line, `${destination.host}:${destination.port}`);
  return await startWay(context, resource, { request: program, port, openMs: pace.openMs, read }, signal);
}

/** The plugin takes a broken channel up again with credentials that it finds by itself. Nothing else of our caller's is its business. */
function isForAws(name: string): boolean {
  return /^(AWS_|SSL_CERT_|(HTTPS?|NO|ALL)_PROXY$|PATH$|HOME$|LANG$|TZ$|TMPDIR$)/i.test(name);
}

/** Where the session is: whoever ends it by other credentials would find none, and take it for ended. */
async function accountOf(account: AwsAccount): Promise<Result<string>> {
  try {
    const { Account } = await account.call('sts:GetCallerIdentity', {});
    return Account === undefined ? fail(failure('tunnel-failed', 'sts:GetCallerIdentity was answered without an account')) : ok(Account);
  } catch (error) {
    return fail(cloudFailure(error, 'asking whose credentials these are'));
  }
}

interface Started {
  readonly SessionId: string;
  readonly StreamUrl: string;
  readonly TokenValue: string;
}

async function startSession(
  account: AwsAccount,
  request: Parameters<typeof account.call<'ssm:StartSession'>>[1],
  signal: AbortSignal,
): Promise<Result<Started>> {
  try {
    const { SessionId, StreamUrl, TokenValue } = await account.call('ssm:StartSession', request, signal);
    if (SessionId !== undefined && StreamUrl !== undefined && TokenValue !== undefined) return ok({ SessionId, StreamUrl, TokenValue });
    return fail(failure('tunnel-failed', 'ssm:StartSession was answered without a session'));
  } catch (error) {
    if (error instanceof CloudError && error.code === 'TargetNotConnected') {
      const message = `Systems Manager has no connection to ${request.Target}: ${error.message}`;
      return fail(failure('bastion-not-connected', message, { object: request.Target }));
    }
    return fail(cloudFailure(error, `starting a session at ${request.Target}`));
  }
}
