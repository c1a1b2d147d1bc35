import { iamPolicy } from '../../cloud/iam-policy.ts';
import type { Settings } from '../../config/schema.ts';
import type { CredentialSettings } from '../../config/settings/credential.ts';
import { failure } from '../../core/failure.ts';
import type { IamPolicy } from '../../core/iam.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { objectsPolicy } from '../../sync/objects/objects-policy.ts';
import type { PolicyHolder } from './policy-holders.ts';

/** The least that a project needs in AWS, as a policy of IAM for one of those as whom it runs there. Fails with `usage` where nothing that is configured needs one. */
export function policyOfSettings(settings: Pick<Settings, 'source' | 'preflight' | 'runbook' | 'sync'>, holder: PolicyHolder): Result<IamPolicy> {
  if (holder === 'source') return policyOfSource(settings);
  const objects = settings.sync?.objects;
  if (objects === undefined) return fail(failure('usage', 'No objects are configured to be synced.', { cure: 'Set sync.objects.' }));
  const { production, staging, way, tags, delete: deletes } = objects;
  return ok(objectsPolicy(holder === 'sync-production' ? 'production' : 'staging', { production, staging, way, tags, delete: deletes }));
}

function policyOfSource({ source, preflight, runbook, sync }: Parameters<typeof policyOfSettings>[0]): Result<IamPolicy> {
  if (!('rds' in source || 'aurora' in source)) {
    const cure = `Set source.rds or source.aurora${sync?.objects === undefined ? '' : '; for the buckets of sync.objects, say --iam-for sync-production or sync-staging'}.`;
    return fail(failure('usage', 'The configured source is not in AWS, so that no policy of IAM is needed.', { cure }));
  }
  const { account, region, snapshot, tunnel } = 'aurora' in source ? source.aurora : source.rds;
  const production = 'aurora' in source ? { cluster: source.aurora.cluster } : { instance: source.rds.instance };
  const credentials: CredentialSettings[] = [preflight.source?.credential, runbook.production?.credential].filter((one) => one !== undefined);
  const names = (key: 'ssmParameter' | 'secret') => credentials.map((one) => one[key]).filter((name) => name !== undefined);
  const isBySsm = typeof tunnel === 'object' && 'ssm' in tunnel;
  const bastion = isBySsm ? tunnel.ssm.instanceId : undefined;
  const owner = /^arn:[^:]+:rds:[^:]+:(\d{12}):/.exec(snapshot?.identifier ?? '')?.[1];
  // A policy names keys by their own ARNs; what an alias leads to isn't known here.
  const kmsKey = /^arn:[^:]+:kms:.*:key\//.test(snapshot?.kmsKey ?? '') ? snapshot?.kmsKey : undefined;
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
  const hasKey = snapshot?.kmsKey !== undefined;
  const statements = policy.Statement.filter(({ Sid }) => hasKey || Sid !== 'LookAtKey').map((one) => ({ ...one, Action: one.Action.filter(isWanted) }));
  return ok({ ...policy, Statement: statements.filter(({ Action, Resource }) => Action.length > 0 && Resource.length > 0) });
}
