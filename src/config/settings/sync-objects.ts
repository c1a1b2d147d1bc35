import { z } from 'zod';
import { keysAreRight, name } from './fields.ts';

const account = z
  .string()
  .regex(/^\d{12}$/, { error: 'must be an account number of 12 digits' })
  .meta({ description: 'Number of the account that these credentials belong to. Others are refused before anything is read.' });

/** S3's own rule for names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = z
  .string()
  .regex(/^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'is no name of a bucket' })
  .refine((given) => !given.endsWith('--x-s3'), { error: 'is a directory bucket, whose listings have no order' });

const side = z.strictObject({
  bucket: bucketName.meta({ description: 'The bucket.' }),
  prefix: z.string().max(1024).default('').meta({ description: 'Only keys that begin with this; staging’s takes the place of production’s.' }),
  region: name.meta({ description: 'Region of the bucket.' }),
  profile: name.optional().meta({ description: 'Profile of the AWS configuration; the SDK’s own search for credentials unless given.' }),
  account,
  bucketOwner: account.optional().meta({ description: 'Account that owns the bucket, where it is another one.' }),
});

const pattern = z.string().min(1).meta({ description: 'A key after the prefix; * stands for any text.' });

const storageClasses = ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'] as const;

const batchJob = z.strictObject({
  roleArn: name.meta({ description: 'The role that S3 Batch Operations copies as.' }),
  manifestBucket: bucketName.meta({ description: 'Bucket in staging’s account and region that the manifest is put into, and the job’s report.' }),
  manifestPrefix: z.string().default('pgrehearse/').meta({ description: 'Prefix of both there.' }),
});

export const syncObjects = z
  .strictObject({
    production: side.meta({ description: 'Where objects come from. It is only read.' }),
    staging: side
      .extend({ kmsKeyId: name.optional().meta({ description: 'KMS key that copies are encrypted with; the bucket’s own way unless given.' }) })
      .meta({
        description: 'Where they go.',
      }),
    include: z.array(pattern).min(1).optional().meta({ description: 'Keys that are copied; all unless given.' }),
    exclude: z.array(pattern).default([]).meta({ description: 'Keys that are neither copied nor deleted.' }),
    delete: z
      .boolean()
      .default(false)
      .meta({ description: 'Objects that production lacks are deleted from staging, when all others are copied; `--dry-run` shows them.' }),
    tags: z.boolean().default(false).meta({ description: 'Tags are copied too. Needs s3:GetObjectTagging and s3:PutObjectTagging.' }),
    storageClass: z.enum(storageClasses).optional().meta({ description: 'Storage class of copies; S3’s standard one unless given.' }),
    way: z.enum(['auto', 'server-side', 'streamed']).default('auto').meta({
      description:
        'server-side: within S3, which needs an identity that may read the one and write the other. streamed: through this machine. auto: the first where it works.',
    }),
    concurrency: z.int().min(1).max(256).default(32).meta({ description: 'Objects that are copied side by side, at most; fewer while S3 asks to slow down.' }),
    batchAbove: z.int().min(1).default(1_000_000).meta({
      description:
        'From this many objects to copy on, a manifest and a job request for S3 Batch Operations are written, and nothing is copied through this machine.',
    }),
    batch: batchJob.optional().meta({ description: 'What such a job needs to know.' }),
    references: z
      .array(
        z.strictObject({
          table: name.meta({ description: 'Qualified name of the table.' }),
          column: name.meta({ description: 'Column, or an SQL expression over it, that holds keys.' }),
          prefix: z.string().default('').meta({ description: 'What stands before its values in the bucket, besides staging’s prefix.' }),
        }),
      )
      .default([])
      .meta({ description: 'Columns that name objects: each key has to be in staging’s bucket afterwards.' }),
  })
  .refine(
    ({ production, staging }) =>
      production.bucket !== staging.bucket || !(production.prefix.startsWith(staging.prefix) || staging.prefix.startsWith(production.prefix)),
    {
      error: 'production and staging are the same bucket, and one prefix contains the other',
      when: keysAreRight,
    },
  )
  .meta({ description: 'Objects that are copied from production’s bucket to staging’s.' });

export type SyncObjectsSettings = z.output<typeof syncObjects>;
