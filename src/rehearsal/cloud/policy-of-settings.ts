import { type IamPolicy, iamPolicy } from '../../cloud/iam-policy.ts';
import type { Settings } from '../../config/schema.ts';
import type { CredentialSettings } from '../../config/settings/credential.ts';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

/** The least that a project's cloud source needs, as a policy of IAM. Fails with `usage` where no source is in a cloud. */
export function policyOfSettings({ source, preflight, runbook }: Pick<Settings, 'source' | 'preflight' | 'runbook'>): Result<IamPolicy> {
  if (!('rds' in source || 'aurora' in source)) {
    return fail(failure('usage', 'The configured source is not in AWS, so that no policy of IAM is needed.', { cure: 'Set source.rds or source.aurora.' }));
  }
  const { account, region, snapshot, tunnel } = 'aurora' in source ? source.aurora : source.rds;
  const production = 'aurora' in source ? { cluster: source.aurora.cluster } : { instance: source.rds.instance };
  const credentials: CredentialSettings[] = [preflight.source?.credential, runbook.production?.credential].filter((one) => one !== undefined);
  const names = (key: 'ssmParameter' | 'secret') => credentials.map((one) => one[key]).filter((name) => name !== undefined);
  const isBySsm = typeof tunnel === 'object' && 'ssm' in tunnel;
  const bastion = isBySsm ? tunnel.ssm.instanceId : undefined;
  const owner = /^arn:[^:]+:rds:[^:]+:(\d{12}):/.exec(snapshot?.identifier ?? '')?.[1];
  const kmsKey = snapshot?.kmsKey?.startsWith('arn:') === true ? snapshot.kmsKey : undefined;
  const policy = iamPolicy({
    ...{ account, region, ...production, parameters: names('ssmParameter'), secrets: names('secret') },
    ...withoutUndefined({ bastion, sharedFrom: owner === account ? undefined : owner, kmsKey }),
  });
  // Either way to a cluster of our own needs no right to the other one. What an earlier configuration left can be deleted still.
  const otherWay =
    'aurora' in source && snapshot === undefined ? ['rds:CreateDBClusterSnapshot', 'rds:RestoreDBClusterFromSnapshot'] : ['rds:RestoreDBClusterToPointInTime'];
  const looksForGroups = ('aurora' in source ? source.aurora : source.rds).securityGroups !== undefined;
  const isOfTunnel = (action: string) => action === 'ec2:DescribeInstances' || (action.startsWith('ssm:') && action !== 'ssm:GetParameter');
  const isWanted = (action: string) =>
    !otherWay.includes(action) && (isBySsm || !isOfTunnel(action)) && (looksForGroups || action !== 'ec2:DescribeSecurityGroups');
  const statements = policy.Statement.map((one) => ({ ...one, Action: one.Action.filter(isWanted) }));
  return ok({ ...policy, Statement: statements.filter(({ Action, Resource }) => Action.length > 0 && Resource.length > 0) });
}
