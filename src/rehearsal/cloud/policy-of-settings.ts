import { type IamPolicy, iamPolicy } from '../../cloud/iam-policy.ts';
import type { Settings } from '../../config/schema.ts';
import type { CredentialSettings } from '../../config/settings/credential.ts';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

/** The least that a project's cloud source needs, as a policy of IAM. Fails with `usage` where no source is in a cloud. */
export function policyOfSettings({ source, preflight, runbook }: Pick<Settings, 'source' | 'preflight' | 'runbook'>): Result<IamPolicy> {
  if (!('rds' in source)) {
    return fail(failure('usage', 'The configured source is in no cloud, so that no policy is needed.', { cure: 'Set source.rds.' }));
  }
  const { account, region, instance, snapshot, tunnel } = source.rds;
  const credentials: CredentialSettings[] = [preflight.source?.credential, runbook.production?.credential].filter((one) => one !== undefined);
  const names = (key: 'ssmParameter' | 'secret') => credentials.map((one) => one[key]).filter((name) => name !== undefined);
  const isBySsm = typeof tunnel === 'object' && 'ssm' in tunnel;
  const bastion = isBySsm ? tunnel.ssm.instanceId : undefined;
  const owner = /^arn:[^:]+:rds:[^:]+:(\d{12}):/.exec(snapshot.identifier ?? '')?.[1];
  const kmsKey = snapshot.kmsKey?.startsWith('arn:') === true ? snapshot.kmsKey : undefined;
  const policy = iamPolicy({
    ...{ account, region, instance, parameters: names('ssmParameter'), secrets: names('secret') },
    ...withoutUndefined({ bastion, sharedFrom: owner === account ? undefined : owner, kmsKey }),
  });
  const isWanted = (action: string) => isBySsm || action === 'ssm:GetParameter' || !/^(?:ssm|ec2):/.test(action);
  const statements = policy.Statement.map((one) => ({ ...one, Action: one.Action.filter(isWanted) }));
  return ok({ ...policy, Statement: statements.filter(({ Action, Resource }) => Action.length > 0 && Resource.length > 0) });
}
