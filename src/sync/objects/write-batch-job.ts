import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { countOf } from '../../core/count-of.ts';
import { FailureError, failure } from '../../core/failure.ts';
import type { ObjectsReport, UnsyncedObject } from '../../core/objects-report.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { readJsonLines } from './json-lines.ts';
import type { ObjectsWish } from './wish.ts';
import { amountOf, type CopyEntry, type ObjectsPlan } from './write-plan.ts';
import { writeTextLines } from './write-text-lines.ts';

/** The largest object that such a job copies: https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html */
const largestBytes = 5 * 1024 ** 3;

/**
 * Writes what S3 Batch Operations needs to copy the objects of a plan: a manifest, the request for a job that waits to be confirmed, and the two commands that begin
 * it. Nothing is copied; a later run finds what the job did.
 *
 * @throws FailureError where the job can't be described
 */
export async function writeBatchJob(wish: ObjectsWish, plan: ObjectsPlan): Promise<Omit<ObjectsReport, 'durationMs'>> {
  const { production, staging, batch, folder } = wish;
  const { objects } = amountOf(plan.report.copy);
  if (batch === undefined)
    throw refuse(
      `${objects} objects are more than sync.objects.batchAbove, and sync.objects.batch doesn’t say how a job would run`,
      'Set sync.objects.batch, or raise batchAbove.',
    );
  const targetPrefix = targetPrefixOf(wish);
  const csv = join(folder, 'objects-batch-manifest.csv');
  const md5 = createHash('md5');
  const tooLarge: UnsyncedObject[] = [];
  await writeTextLines(csv, rows(), (text) => md5.update(text));

  async function* rows(): AsyncGenerator<string> {
    for await (const { key, sizeBytes } of readJsonLines<CopyEntry>(plan.files.copy)) {
      if (sizeBytes > largestBytes) tooLarge.push({ key, code: 'too-large', reason: 'S3 Batch Operations copies objects up to 5 GiB' });
      else yield `${production.bucket},${encodeURIComponent(production.prefix + key)}\n`;
    }
  }

  const manifestEtag = md5.digest('hex');
  const manifestKey = `${batch.manifestPrefix}objects-${manifestEtag.slice(0, 12)}.csv`;
  const request = {
    AccountId: staging.account,
    ConfirmationRequired: true,
    // The same manifest asks for the same job: a second call makes no second one.
    ClientRequestToken: manifestEtag,
    Description: `pgrehearse: ${countOf(objects - tooLarge.length, 'object')} from ${production.bucket} to ${staging.bucket}`,
    Priority: 10,
    RoleArn: batch.roleArn,
    Operation: {
      S3PutObjectCopy: {
        TargetResource: `arn:aws:s3:::${staging.bucket}`,
        MetadataDirective: 'COPY',
        ...withoutUndefined({ StorageClass: wish.storageClass, SSEAwsKmsKeyId: staging.kmsKeyId, TargetKeyPrefix: targetPrefix }),
      },
    },
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: `arn:aws:s3:::${batch.manifestBucket}/${manifestKey}`, ETag: manifestEtag },
    },
    Report: {
      Bucket: `arn:aws:s3:::${batch.manifestBucket}`,
      Prefix: `${batch.manifestPrefix}report`.replace(/\/+/g, '/'),
      Format: 'Report_CSV_20180820',
      Enabled: true,
      ReportScope: 'FailedTasksOnly',
    },
  };
  const job = join(folder, 'objects-batch-job.json');
  await writeFile(job, `${JSON.stringify(request, null, 2)}\n`, { mode: 0o600 });
  const commands = join(folder, 'objects-batch-commands.sh');
  await writeFile(commands, commandsFor(wish, batch.manifestBucket, manifestKey), { mode: 0o600 });
  const unsynced = tooLarge.slice(0, 1000);
  return {
    plan: plan.report,
    copied: { objects: 0, bytes: 0 },
    way: 'batch-job',
    deleted: { objects: 0, bytes: 0 },
    changed: 0,
    unsyncedCount: tooLarge.length,
    unsynced,
    files: [csv, job, commands].map((file) => basename(file)),
  };
}

/** A job only puts a folder before keys: it can't take one away. */
function targetPrefixOf({ production, staging }: ObjectsWish): string | undefined {
  if (staging.prefix === production.prefix) return undefined;
  const folder = staging.prefix.endsWith(production.prefix) ? staging.prefix.slice(0, staging.prefix.length - production.prefix.length) : undefined;
  if (folder?.endsWith('/')) return folder.slice(0, -1);
  throw refuse(
    `S3 Batch Operations can’t copy s3://${production.bucket}/${production.prefix} to s3://${staging.bucket}/${staging.prefix}: it only puts a folder before keys`,
    'Use the same prefix on both sides, or raise sync.objects.batchAbove.',
  );
}

/** One put, so that the manifest's ETag is the one that the request names. */
function commandsFor({ staging }: ObjectsWish, bucket: string, key: string): string {
  const { region, profile } = staging.access;
  const as = `--region ${quote(region)}${profile === undefined ? '' : ` --profile ${quote(profile)}`}`;
  return [
    '#!/bin/sh',
    '# Run in this folder. The job then waits to be confirmed in the console of S3 Batch Operations.',
    'set -eu',
    `aws s3api put-object ${as} --bucket ${quote(bucket)} --key ${quote(key)} --body objects-batch-manifest.csv --expected-bucket-owner ${staging.account}`,
    `aws s3control create-job ${as} --account-id ${staging.account} --cli-input-json file://objects-batch-job.json`,
    '',
  ].join('\n');
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function refuse(message: string, cure: string): FailureError {
  return new FailureError(failure('objects-stopped', message, { cure }));
}
