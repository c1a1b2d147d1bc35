import type { FakeKms } from './kms.ts';
import type { Need } from './policy.ts';
import type { QueryValue } from './query-protocol.ts';
import { list, type Params, readTags } from './rds/params.ts';
import type { FakeRds } from './rds/rds.ts';
import type { Tags } from './rds/resources.ts';
import type { Call } from './service.ts';
import type { FakeSsm } from './ssm.ts';

/** What of the stand-in decides which resource a name means. */
interface Named {
  readonly rds: FakeRds;
  readonly ssm: FakeSsm;
  readonly kms: FakeKms;
  secretArn(call: Call, name: string): string;
}

/**
 * What a call needs of which resources, by the tables of https://docs.aws.amazon.com/service-authorization/latest/reference/: those that they mark with a star, and
 * those that the call names. Calls that no table is known for here need `*`.
 */
export function needsOf(call: Call, aws: Named): readonly Need[] {
  const { rds, ssm, kms } = aws;
  const { service, action, region, identity, params } = call;
  const who = callerKeys(call);
  if (service === 'rds') return rdsNeeds(call, rds, who);
  const need = (resource: string, keys: Need['keys'] = {}): Need => ({ action: `${service}:${action}`, resource, keys: { ...who, ...keys } });
  if (service === 'sts') return [];
  if (service === 'secretsmanager') return [need(aws.secretArn(call, String(params.SecretId)))];
  // A key is named by its own ARN whatever it was asked for by.
  if (service === 'kms') return [need(kms.resolve(String(params.KeyId), call).arn)];
  if (service !== 'ssm') return [need('*')];
  switch (action) {
    case 'GetParameter':
      return [need(`arn:aws:ssm:${region}:${identity.account}:parameter/${String(params.Name).replace(/^\//, '')}`)];
    case 'StartSession': {
      const machine = ssm.machines.find(({ id }) => id === params.Target);
      return [
        need(`arn:aws:ec2:${region}:${identity.account}:instance/${String(params.Target)}`, resourceTags('ssm', new Map(Object.entries(machine?.tags ?? {})))),
        need(`arn:aws:ssm:${region}:${String(params.DocumentName).startsWith('AWS-') ? '' : identity.account}:document/${String(params.DocumentName)}`),
      ];
    }
    case 'TerminateSession':
    case 'ResumeSession':
      return [
        need(`arn:aws:ssm:${region}:${identity.account}:session/${String(params.SessionId)}`, {
          'ssm:resourceTag/aws:ssmmessages:session-id': String(who['aws:userid'] ?? ''),
        }),
      ];
    default:
      return [need('*')];
  }
}

function rdsNeeds(call: Call, rds: FakeRds, who: Need['keys']): readonly Need[] {
  const { action, region, identity } = call;
  const params = call.params as Params;
  const prefix = `arn:aws:rds:${region}:${identity.account}`;
  const needs: Need[] = [];
  const asked = Array.isArray(params.Tags) ? requestTags(readTags(params.Tags)) : {};
  /** Its ARN, where it isn't one already. `*` where nothing is named. */
  const arnOf = (kind: string, given: QueryValue | undefined) => {
    const name = typeof given === 'string' ? given : '*';
    return name.startsWith('arn:') ? name : `${prefix}:${kind}:${name}`;
  };
  const add = (kind: string, given: QueryValue | undefined, made: 'new' | 'there' = 'there', as = action) => {
    const resource = arnOf(kind, given);
    const tags = made === 'there' ? resourceTags('aws', tagsOf(rds, resource)) : {};
    needs.push({ action: `rds:${as}`, resource, keys: { ...who, ...tags, ...(made === 'new' || as !== action ? asked : {}) } });
  };
  /** With its tags comes the right to tag. */
  const make = (kind: string, given: QueryValue | undefined) => {
    add(kind, given, 'new');
    if (Object.keys(asked).length > 0) add(kind, given, 'new', 'AddTagsToResource');
  };
  switch (action) {
    case 'DescribeDBInstances':
    case 'DeleteDBInstance':
      add('db', params.DBInstanceIdentifier);
      if (typeof params.FinalDBSnapshotIdentifier === 'string') add('snapshot', params.FinalDBSnapshotIdentifier, 'new', 'CreateDBSnapshot');
      break;
    case 'ModifyDBInstance':
      add('db', params.DBInstanceIdentifier);
      if (params.DBParameterGroupName !== undefined) add('pg', params.DBParameterGroupName);
      break;
    case 'RestoreDBInstanceFromDBSnapshot':
      make('db', params.DBInstanceIdentifier);
      add('snapshot', params.DBSnapshotIdentifier);
      add('subgrp', params.DBSubnetGroupName ?? 'default');
      add('pg', params.DBParameterGroupName ?? 'default.postgres15');
      add('og', 'default:postgres-15');
      break;
    case 'CreateDBInstance':
      make('db', params.DBInstanceIdentifier);
      add('cluster', params.DBClusterIdentifier);
      add('pg', params.DBParameterGroupName ?? 'default.aurora-postgresql15');
      add('og', 'default:aurora-postgresql-15');
      add('subgrp', params.DBSubnetGroupName ?? 'default');
      break;
    case 'DescribeDBSnapshots':
    case 'DescribeDBSnapshotAttributes':
    case 'DeleteDBSnapshot':
      add('snapshot', params.DBSnapshotIdentifier);
      break;
    case 'CreateDBSnapshot':
      add('db', params.DBInstanceIdentifier);
      make('snapshot', params.DBSnapshotIdentifier);
      break;
    case 'CopyDBSnapshot':
      add('snapshot', params.SourceDBSnapshotIdentifier);
      make('snapshot', params.TargetDBSnapshotIdentifier);
      break;
    case 'DescribeDBClusters':
    case 'ModifyDBCluster':
    case 'DeleteDBCluster':
      add('cluster', params.DBClusterIdentifier);
      break;
    case 'RestoreDBClusterToPointInTime':
      make('cluster', params.DBClusterIdentifier);
      add('cluster', params.SourceDBClusterIdentifier);
      add('subgrp', params.DBSubnetGroupName ?? 'default');
      add('og', 'default:aurora-postgresql-15');
      break;
    case 'RestoreDBClusterFromSnapshot':
      make('cluster', params.DBClusterIdentifier);
      add('cluster-snapshot', params.SnapshotIdentifier);
      add('subgrp', params.DBSubnetGroupName ?? 'default');
      add('og', 'default:aurora-postgresql-15');
      break;
    case 'DescribeDBClusterSnapshots':
    case 'DeleteDBClusterSnapshot':
      add('cluster-snapshot', params.DBClusterSnapshotIdentifier);
      break;
    case 'CreateDBClusterSnapshot':
      add('cluster', params.DBClusterIdentifier);
      make('cluster-snapshot', params.DBClusterSnapshotIdentifier);
      break;
    case 'DescribeDBParameterGroups':
      add('pg', params.DBParameterGroupName);
      break;
    case 'DescribeDBClusterParameterGroups':
      add('cluster-pg', params.DBClusterParameterGroupName);
      break;
    case 'DescribeDBSubnetGroups':
      add('subgrp', params.DBSubnetGroupName);
      break;
    case 'AddTagsToResource':
    case 'RemoveTagsFromResource':
    case 'ListTagsForResource': {
      const keys = list(params.TagKeys);
      const resource = String(params.ResourceName);
      const tags = resourceTags('aws', tagsOf(rds, resource));
      needs.push({ action: `rds:${action}`, resource, keys: { ...who, ...tags, ...asked, ...(keys === undefined ? {} : { 'aws:TagKeys': keys }) } });
      break;
    }
    default:
      needs.push({ action: `rds:${action}`, resource: '*', keys: who });
  }
  return needs;
}

function callerKeys({ identity, region }: Call): Need['keys'] {
  return {
    'aws:PrincipalArn': identity.arn,
    'aws:PrincipalAccount': identity.account,
    'aws:userid': `AROAFAKE:${identity.arn.split('/').at(-1)}`,
    'aws:username': identity.arn.split('/').at(-1) ?? '',
    'aws:RequestedRegion': region,
  };
}

function tagsOf(rds: FakeRds, arn: string): Tags {
  try {
    return rds.tagsOf(arn);
  } catch {
    // What isn't there has no tags.
    return new Map();
  }
}

/** RDS has a condition key of its own besides the common one. */
function resourceTags(prefix: 'aws' | 'ssm', tags: Tags): Need['keys'] {
  const pairs = [...tags].flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value],
    ...(prefix === 'ssm' ? [[`ssm:resourceTag/${key}`, value]] : [[`rds:db-tag/${key}`, value]]),
  ]);
  return Object.fromEntries(pairs) as Need['keys'];
}

function requestTags(tags: Tags): Need['keys'] {
  const pairs = [...tags].flatMap(([key, value]) => [
    [`aws:RequestTag/${key}`, value],
    [`rds:req-tag/${key}`, value],
  ]);
  return { ...(Object.fromEntries(pairs) as Need['keys']), 'aws:TagKeys': [...tags.keys()] };
}
