import { type IamPolicy, type IamStatement, partitionOf, servedBy } from '../../core/iam.ts';
import type { ObjectsWish } from './wish.ts';

/** A side as far as its rights depend on it. */
interface PolicySide {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  readonly account: string;
  readonly kmsKeyId?: string | undefined;
}

interface PolicyWish extends Pick<ObjectsWish, 'way' | 'tags' | 'delete'> {
  readonly production: PolicySide;
  readonly staging: PolicySide;
}

/**
 * The least that the role or user of one side needs to sync objects: production's may only read; staging's may write under its prefix, delete there only where that is configured, and
 * read production's unless all goes through this machine. Objects that are encrypted with a key of production's need `kms:Decrypt` on it besides: which one it is, no setting says.
 *
 * By https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html: which call needs which action.
 *
 * @example objectsPolicy('production', { production, staging, way: 'streamed', tags: false, delete: false })
 */
export function objectsPolicy(side: 'production' | 'staging', wish: PolicyWish): IamPolicy {
  const { production, staging } = wish;
  const statements =
    side === 'production' ? reading(production, wish.tags) : [...writing(wish), ...(wish.way === 'streamed' ? [] : across(production, wish.tags))];
  return { Version: '2012-10-17', Statement: [...statements, ...(side === 'staging' ? keyOf(staging) : [])] };
}

const allow = (Sid: string, Action: readonly string[], Resource: string): IamStatement => ({ Sid, Effect: 'Allow', Action, Resource: [Resource] });
const bucketOf = ({ region, bucket }: PolicySide) => `arn:${partitionOf(region)}:s3:::${bucket}`;
/** Signs of a prefix that IAM would take for its own. */
const objectsOf = (side: PolicySide) => `${bucketOf(side)}/${side.prefix.replace(/[*?$]/g, (sign) => `\${${sign}}`)}*`;

function reading(side: PolicySide, tags: boolean): readonly IamStatement[] {
  return [allow('ListProduction', ['s3:ListBucket'], bucketOf(side)), allow('ReadProduction', readActions(tags), objectsOf(side))];
}

/** A copy within S3 is one call, by staging's identity. Production's bucket has to permit it too where it is another account's. */
function across(production: PolicySide, tags: boolean): readonly IamStatement[] {
  return [allow('CopyFromProduction', readActions(tags), objectsOf(production))];
}

const readActions = (tags: boolean) => ['s3:GetObject', ...(tags ? ['s3:GetObjectTagging'] : [])];

function writing({ staging, tags, delete: deletes }: PolicyWish): readonly IamStatement[] {
  const write = ['s3:AbortMultipartUpload', ...(deletes ? ['s3:DeleteObject'] : []), 's3:GetObject', 's3:PutObject', ...(tags ? ['s3:PutObjectTagging'] : [])];
  return [
    // Whether a bucket keeps old versions is told before anything is replaced or deleted.
    allow('ListStaging', ['s3:GetBucketVersioning', 's3:ListBucket', 's3:ListBucketMultipartUploads'], bucketOf(staging)),
    allow('WriteStaging', write, objectsOf(staging)),
  ];
}

/** Parts of an upload are read again with the key when it is completed. */
function keyOf({ kmsKeyId, region, account }: PolicySide): readonly IamStatement[] {
  if (kmsKeyId === undefined) return [];
  const key = kmsKeyId.startsWith('arn:') && kmsKeyId.includes(':key/') ? kmsKeyId : `arn:${partitionOf(region)}:kms:${region}:${account}:key/*`;
  return [
    {
      ...allow('UseKey', ['kms:Decrypt', 'kms:GenerateDataKey'], key),
      Condition: { StringEquals: { 'kms:ViaService': servedBy('s3', region) } },
    },
  ];
}
