import type { AwsOperation } from '../core/aws-operations.ts';
import { type IamCondition, type IamPolicy, type IamStatement, partitionOf, servedBy } from '../core/iam.ts';
import { namePrefix } from './cloud-name.ts';
import { tagNames } from './cloud-tags.ts';

/** What a policy is for; what isn't said is left open. */
export interface PolicyScope {
  readonly account: string;
  readonly region: string;
  /** Production, which may be looked at and snapshotted, and nothing else. */
  readonly instance?: string;
  /** Production on Aurora in place of an instance: it may be cloned and snapshotted, and nothing else. */
  readonly cluster?: string;
  /** An account whose snapshots are restored here. */
  readonly sharedFrom?: string;
  /** The ARN of the key of snapshots, or of their copies. */
  readonly kmsKey?: string;
  /** Names of parameters of Systems Manager, and of secrets, that hold passwords which are needed. */
  readonly parameters?: readonly string[];
  readonly secrets?: readonly string[];
  /** The machine in between, by its id. */
  readonly bastion?: string;
  /** Only what these calls need; all that we make unless given. */
  readonly operations?: readonly AwsOperation[];
}

/** A right that a call needs. A call that touches several resources is permitted only if each of them is. */
interface Right {
  readonly sid: string;
  readonly resources: readonly string[];
  readonly condition?: IamCondition;
  /** The call's own action unless given. */
  readonly actions?: readonly string[];
}

/** Nothing is made without the tags by which it is known as ours, and nothing is changed that lacks them. What something is made from has no tags in the request. */
const tagged: IamCondition = { Null: { [`aws:RequestTag/${tagNames.run}`]: 'false' } };
const ours: IamCondition = { Null: { [`aws:ResourceTag/${tagNames.run}`]: 'false' } };

/** Calls that only Aurora needs, and those that only RDS without it does. */
const ofClusters: readonly AwsOperation[] = [
  'rds:CreateDBClusterSnapshot',
  'rds:CreateDBInstance',
  'rds:DeleteDBCluster',
  'rds:DeleteDBClusterSnapshot',
  'rds:DescribeDBClusterParameterGroups',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBClusters',
  'rds:ModifyDBCluster',
  'rds:RestoreDBClusterFromSnapshot',
  'rds:RestoreDBClusterToPointInTime',
];
const ofInstances: readonly AwsOperation[] = [
  'rds:CopyDBSnapshot',
  'rds:CreateDBSnapshot',
  'rds:DeleteDBSnapshot',
  'rds:DescribeDBSnapshots',
  'rds:RestoreDBInstanceFromDBSnapshot',
];

/**
 * The least that pgrehearse needs in an account: a policy for the role or user that it runs as. What it makes is named `pgrehearse-…` and tagged, and only that can be changed or
 * deleted by it. By https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html: which call touches which resources, and which conditions hold there.
 *
 * @example JSON.stringify(iamPolicy({ account: '111122223333', region: 'eu-central-1', instance: 'production' }), null, 2)
 */
export function iamPolicy(scope: PolicyScope): IamPolicy {
  const rights = rightsOf(scope);
  const others = scope.cluster === undefined ? ofClusters : ofInstances;
  const wanted = scope.operations ?? (Object.keys(rights) as AwsOperation[]).filter((operation) => !others.includes(operation));
  const statements = new Map<string, IamStatement & { readonly Action: string[] }>();
  for (const operation of wanted) {
    for (const { sid, resources, condition, actions = [operation] } of rights[operation]) {
      const statement = statements.get(sid) ?? {
        Sid: sid,
        Effect: 'Allow',
        Action: [],
        Resource: resources,
        ...(condition === undefined ? {} : { Condition: condition }),
      };
      statements.set(sid, statement);
      for (const action of actions) if (!statement.Action.includes(action)) statement.Action.push(action);
    }
  }
  return { Version: '2012-10-17', Statement: [...statements.values()].map((one) => ({ ...one, Action: one.Action.toSorted() })) };
}

/** A call that isn't here doesn't type-check. Rights of one `sid` have the same resources and conditions, and make one statement. */
function rightsOf(scope: PolicyScope): Readonly<Record<AwsOperation, readonly Right[]>> {
  const { account, region } = scope;
  const aws = partitionOf(region);
  const rds = (kind: string, name: string, of = account) => `arn:${aws}:rds:${region}:${of}:${kind}:${name}`;
  const anySnapshot = [rds('snapshot', '*'), ...(scope.sharedFrom === undefined ? [] : [rds('snapshot', '*', scope.sharedFrom)])];
  const look: Right = { sid: 'Look', resources: ['*'] };
  const lookAtInstances: Right = { sid: 'LookAtInstances', resources: [rds('db', '*')] };
  const lookAtSnapshots: Right = { sid: 'LookAtSnapshots', resources: [rds('db', '*'), ...anySnapshot] };
  const lookAtPlaces: Right = { sid: 'LookAtPlaces', resources: [rds('subgrp', '*'), rds('pg', '*')] };
  const makeOurs: Right = { sid: 'MakeOurs', resources: [rds('db', `${namePrefix}*`), rds('snapshot', `${namePrefix}*`)], condition: tagged };
  const ourClusters = [rds('cluster', `${namePrefix}*`), rds('cluster-snapshot', `${namePrefix}*`)];
  const makeOurClusters: Right = { sid: 'MakeOurClusters', resources: [...ourClusters, rds('db', `${namePrefix}*`)], condition: tagged };
  const tagClusters: Right = { ...makeOurClusters, actions: ['rds:AddTagsToResource'] };
  const changeOurClusters: Right = { sid: 'ChangeOurClusters', resources: ourClusters, condition: ours };
  const anyClusterSnapshot = [rds('cluster-snapshot', '*'), ...(scope.sharedFrom === undefined ? [] : [rds('cluster-snapshot', '*', scope.sharedFrom)])];
  const production = rds('cluster', scope.cluster ?? '*');
  const groups = [rds('subgrp', '*'), rds('cluster-pg', '*'), rds('og', '*')];
  const changeOurs: Right = { sid: 'ChangeOurs', resources: makeOurs.resources, condition: ours };
  // Tags that come with a call that creates are a right of their own.
  const tag: Right = { ...makeOurs, actions: ['rds:AddTagsToResource'] };
  const keys = [scope.kmsKey ?? `arn:${aws}:kms:${region}:${account}:key/*`];
  const useKey: Right = {
    sid: 'UseKey',
    resources: keys,
    actions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
    condition: { StringEquals: { 'kms:ViaService': servedBy('rds', region) } },
  };
  const parameter = (name: string) => `arn:${aws}:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;
  const secret = (name: string) => (name.startsWith('arn:') ? name : `arn:${aws}:secretsmanager:${region}:${account}:secret:${name}-*`);
  return {
    'sts:GetCallerIdentity': [look],
    'rds:DescribeDBInstances': [lookAtInstances],
    'rds:DescribeDBSnapshots': [lookAtSnapshots],
    'rds:DescribeDBSubnetGroups': [lookAtPlaces],
    'rds:DescribeDBParameterGroups': [lookAtPlaces],
    'rds:DescribeDBClusterParameterGroups': [{ sid: 'LookAtClusterPlaces', resources: [rds('cluster-pg', '*')] }],
    'rds:DescribeOrderableDBInstanceOptions': [look],
    'ec2:DescribeSecurityGroups': [look],
    // Asked by ourselves, not by RDS for us.
    'kms:DescribeKey': [{ sid: 'LookAtKey', resources: keys }],
    'rds:CreateDBSnapshot': [{ sid: 'SnapshotProduction', resources: [rds('db', scope.instance ?? '*')] }, makeOurs, tag],
    // Source and copy are of one sort, so that the right to read any is one to write any as well.
    'rds:CopyDBSnapshot': [{ sid: 'CopySnapshot', resources: anySnapshot }, tag, useKey],
    'rds:RestoreDBInstanceFromDBSnapshot': [
      makeOurs,
      { sid: 'RestoreFrom', resources: [...anySnapshot, rds('subgrp', '*'), rds('pg', '*'), rds('og', '*')] },
      tag,
      useKey,
    ],
    'rds:ModifyDBInstance': [changeOurs],
    'rds:DeleteDBInstance': [changeOurs],
    'rds:DeleteDBSnapshot': [changeOurs],
    'rds:DescribeDBClusters': [{ sid: 'LookAtClusters', resources: [rds('cluster', '*')] }],
    'rds:DescribeDBClusterSnapshots': [{ sid: 'LookAtClusterSnapshots', resources: [rds('cluster', '*'), ...anyClusterSnapshot] }],
    'rds:CreateDBClusterSnapshot': [{ sid: 'SnapshotProduction', resources: [production] }, makeOurClusters, tagClusters],
    // Clones of ours are cloned as well, for what needs another one in place; what has only our name is not.
    'rds:RestoreDBClusterToPointInTime': [
      makeOurClusters,
      { sid: 'CloneProduction', resources: [production, ...groups] },
      changeOurClusters,
      tagClusters,
      useKey,
    ],
    'rds:RestoreDBClusterFromSnapshot': [makeOurClusters, { sid: 'RestoreClusterFrom', resources: [...anyClusterSnapshot, ...groups] }, tagClusters, useKey],
    // The tags of the request are the new instance's: the cluster that it comes into has its own.
    'rds:CreateDBInstance': [
      makeOurClusters,
      { sid: 'ServeOurClusters', resources: [rds('cluster', `${namePrefix}*`), rds('pg', '*'), rds('og', '*'), rds('subgrp', '*')] },
      tagClusters,
    ],
    'rds:ModifyDBCluster': [changeOurClusters],
    'rds:DeleteDBCluster': [changeOurClusters],
    'rds:DeleteDBClusterSnapshot': [changeOurClusters],
    'ec2:DescribeInstances': [look],
    'ssm:DescribeInstanceInformation': [look],
    'ssm:DescribeSessions': [look],
    'ssm:StartSession': [
      {
        sid: 'ForwardPort',
        resources: [
          `arn:${aws}:ec2:${region}:${account}:instance/${scope.bastion ?? '*'}`,
          `arn:${aws}:ssm:${region}::document/AWS-StartPortForwardingSessionToRemoteHost`,
        ],
      },
    ],
    // One's own only: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html.
    'ssm:TerminateSession': [
      {
        sid: 'EndOwnSessions',
        resources: [`arn:${aws}:ssm:${region}:${account}:session/*`],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's
        condition: { StringLike: { 'ssm:resourceTag/aws:ssmmessages:session-id': '${aws:userid}' } },
      },
    ],
    'ssm:GetParameter': [{ sid: 'ReadParameters', resources: (scope.parameters ?? ['*']).map(parameter) }],
    'secretsmanager:GetSecretValue': [{ sid: 'ReadSecrets', resources: (scope.secrets ?? ['*']).map(secret) }],
  };
}
