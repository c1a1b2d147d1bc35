/** What a policy of AWS's IAM says, as far as we write one: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: IamCondition;
}

export type IamCondition = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** @example partitionOf('cn-north-1') // 'aws-cn' */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The name by which a service's use of a key is known to KMS. @example servedBy('s3', 'eu-central-1') // 's3.eu-central-1.amazonaws.com' */
export function servedBy(service: 'rds' | 's3', region: string): string {
  return `${service}.${region}.${partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
}
