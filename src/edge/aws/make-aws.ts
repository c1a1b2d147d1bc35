import type { AwsAccess, AwsAccount, AwsPort } from '../../core/aws.ts';
import { FailureError } from '../../core/failure.ts';
import { ok } from '../../core/result.ts';
import { toCloudError } from './cloud-error.ts';
import { type AwsClient, type AwsService, type LoadedService, loadService } from './load-service.ts';

/** Tries of one call, the first included: throttling of a busy account lasts for seconds. */
const maxAttempts = 8;
/** Milliseconds. A call of these services answers in a second or two; one that doesn't has been lost. */
const timeouts = { connectionTimeout: 10_000, requestTimeout: 60_000 };

/**
 * AWS by its own SDK. Where it looks for credentials and endpoints is the SDK's: profiles, single sign-on, AWS_ENDPOINT_URL and the rest work as in awscli.
 */
export function makeAws(): AwsPort {
  return {
    async connect(access) {
      const first = await loadService('sts');
      return first.ok ? ok(openAccount(access)) : first;
    },
  };
}

/** Settings that all clients of an access have. */
export function clientSettings({ region, profile }: AwsAccess): object {
  return { region, ...(profile === undefined ? {} : { profile }), maxAttempts, requestHandler: timeouts, logger: silent };
}

/** Without `info`, which the SDK asks for before it uses it: with it, each call's input and answer would be put together for nobody. */
const silent = { trace() {}, debug() {}, warn() {}, error() {} };

function openAccount(access: AwsAccess): AwsAccount {
  const clients = new Map<AwsService, Promise<{ readonly service: LoadedService; readonly client: AwsClient }>>();
  const open = async (name: AwsService) => {
    const service = await loadService(name);
    if (!service.ok) throw new FailureError(service.failure);
    return { service: service.value, client: new service.value.Client(clientSettings(access)) };
  };
  return {
    access,
    async call(operation, input, signal) {
      const [name, action] = operation.split(':') as [AwsService, string];
      const opening = clients.get(name) ?? open(name);
      clients.set(name, opening);
      const { service, client } = await opening;
      try {
        return await client.send(service.command(action, input), signal === undefined ? {} : { abortSignal: signal });
      } catch (error) {
        throw toCloudError(operation, error);
      }
    },
  };
}
