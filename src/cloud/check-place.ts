import type { AwsAccount } from '../core/aws.ts';
import { CloudError } from '../core/cloud-error.ts';
import { cloudFailure } from '../core/cloud-failure.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { problemOfKey } from './check-key.ts';

/** Where something new is to be and as what, as far as a person wrote it down: what is taken from production is there. */
export interface WishedPlace {
  readonly engine: 'postgres' | 'aurora-postgresql';
  /** Production's, where it is known: parameter groups are for one major. */
  readonly engineVersion: string | undefined;
  readonly classes: readonly string[];
  readonly subnetGroup?: string | undefined;
  readonly securityGroups?: readonly string[] | undefined;
  readonly parameterGroup?: string | undefined;
  readonly clusterParameterGroup?: string | undefined;
  /** What copies are to be encrypted with. */
  readonly kmsKey?: string | undefined;
}

/**
 * Whether what is configured is there, by calls that only read: a snapshot and a restore take half an hour until a misspelt name shows. Tells all that isn't
 * there at once. Fails with `cloud-not-found`, `cloud-refused` for a parameter group of another major, or `cloud-key`.
 */
export async function checkPlace(context: Context, account: AwsAccount, place: WishedPlace): Promise<Result<void>> {
  const { signal } = context;
  const { engine, classes, subnetGroup, securityGroups, parameterGroup, clusterParameterGroup, kmsKey } = place;
  const problems: Failure[] = [];
  const look = async (what: string, missing: readonly string[], ask: () => Promise<Failure | undefined>) => {
    try {
      const problem = await ask();
      if (problem !== undefined) problems.push(problem);
    } catch (error) {
      const isMissing = error instanceof CloudError && missing.includes(error.code);
      problems.push(isMissing ? notThere(account, what, error.message) : cloudFailure(error, `looking for ${what}`));
    }
  };
  if (subnetGroup !== undefined) {
    await look(`the subnet group ${subnetGroup}`, ['DBSubnetGroupNotFound'], async () => {
      await account.call('rds:DescribeDBSubnetGroups', { DBSubnetGroupName: subnetGroup }, signal);
      return undefined;
    });
  }
  if (securityGroups !== undefined && securityGroups.length > 0) {
    const what = `the security groups ${securityGroups.join(', ')}`;
    await look(what, ['InvalidGroup.NotFound', 'InvalidGroupId.Malformed'], async () => {
      await account.call('ec2:DescribeSecurityGroups', { GroupIds: securityGroups }, signal);
      return undefined;
    });
  }
  if (parameterGroup !== undefined) {
    const what = `the parameter group ${parameterGroup}`;
    await look(what, ['DBParameterGroupNotFound'], async () => {
      const { DBParameterGroups: [group] = [] } = await account.call('rds:DescribeDBParameterGroups', { DBParameterGroupName: parameterGroup }, signal);
      return unfit(what, group?.DBParameterGroupFamily, place);
    });
  }
  if (clusterParameterGroup !== undefined) {
    const what = `the cluster parameter group ${clusterParameterGroup}`;
    await look(what, ['DBParameterGroupNotFound', 'DBClusterParameterGroupNotFound'], async () => {
      const input = { DBClusterParameterGroupName: clusterParameterGroup };
      const { DBClusterParameterGroups: [group] = [] } = await account.call('rds:DescribeDBClusterParameterGroups', input, signal);
      return unfit(what, group?.DBParameterGroupFamily, place);
    });
  }
  for (const instanceClass of classes) {
    const what = `the instance class ${instanceClass}`;
    await look(what, [], async () => {
      // Without a version: one that isn't offered for new servers any more is restored all the same.
      const input = { Engine: engine, DBInstanceClass: instanceClass, MaxRecords: 20 };
      const { OrderableDBInstanceOptions: [option] = [] } = await account.call('rds:DescribeOrderableDBInstanceOptions', input, signal);
      return option === undefined ? notThere(account, what, `none of the name is offered for ${engine}`) : undefined;
    });
  }
  if (kmsKey !== undefined) await look(`the key ${kmsKey}`, [], async () => await problemOfKey(account, kmsKey, signal));
  const [first, ...others] = problems;
  if (first === undefined) return ok();
  return fail(others.length === 0 ? first : { ...first, message: problems.map(({ message }) => message).join('; ') });
}

function notThere({ access }: AwsAccount, what: string, words: string): Failure {
  return failure('cloud-not-found', `${what}, as configured, isn’t in ${access.region}: ${words}`, {
    object: what,
    cure: 'Correct the name in the configuration, or leave the setting out: then it is as production has it.',
  });
}

function unfit(what: string, family: string | undefined, { engine, engineVersion }: WishedPlace): Failure | undefined {
  if (family === undefined || engineVersion === undefined) return undefined;
  const needed = `${engine}${Number.parseInt(engineVersion, 10)}`;
  if (family === needed) return undefined;
  const cure = 'Name one of the same major, or leave the setting out: then production’s is taken.';
  return failure('cloud-refused', `${what}, as configured, is for ${family}, and production needs one for ${needed}`, { object: what, cure });
}
