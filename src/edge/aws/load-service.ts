import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** The packages of the SDK by the prefix that a service's calls have in policies. Loaded when they are first needed: a user without AWS has none of them. */
const packages = {
  sts: () => import('@aws-sdk/client-sts'),
  rds: () => import('@aws-sdk/client-rds'),
  ec2: () => import('@aws-sdk/client-ec2'),
  kms: () => import('@aws-sdk/client-kms'),
  ssm: () => import('@aws-sdk/client-ssm'),
  secretsmanager: () => import('@aws-sdk/client-secrets-manager'),
} as const;

export type AwsService = keyof typeof packages;

/** What the SDK's packages have in common. */
export interface AwsClient {
  send(command: object, options?: { readonly abortSignal?: AbortSignal }): Promise<object>;
}

type Constructor<T> = new (given: object) => T;

export interface LoadedService {
  readonly Client: Constructor<AwsClient>;
  command(name: string, input: object): object;
}

const clientNames: Readonly<Record<AwsService, string>> = {
  sts: 'STSClient',
  rds: 'RDSClient',
  ec2: 'EC2Client',
  kms: 'KMSClient',
  ssm: 'SSMClient',
  secretsmanager: 'SecretsManagerClient',
};

/** Loads the SDK's package for a service. Fails with `package-missing`. */
export async function loadService(service: AwsService): Promise<Result<LoadedService>> {
  const loaded = (await packages[service]().catch(notInstalled)) as Readonly<Record<string, Constructor<object>>> | undefined;
  const Client = loaded?.[clientNames[service]] as Constructor<AwsClient> | undefined;
  if (loaded === undefined || Client === undefined) {
    const name = `@aws-sdk/client-${service === 'secretsmanager' ? 'secrets-manager' : service}`;
    return fail(
      failure('package-missing', `the npm package ${name}, which speaks to AWS, is not installed`, { object: name, cure: `Run \`npm install ${name}\`.` }),
    );
  }
  return ok({
    Client,
    command(name, input) {
      const Command = loaded[`${name}Command`];
      if (Command === undefined) throw new Error(`the SDK has no ${service}:${name}`);
      return new Command(input);
    },
  });
}

function notInstalled(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
  throw error;
}
