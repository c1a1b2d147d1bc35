import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syncObjects } from '../../src/sync/objects/sync-objects.ts';
import { openTwoBuckets, type TwoBuckets } from '../support/fake-s3/two-buckets.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';

/** Debian's own (`apt-get install awscli`), not one that pip put before it: a client that isn't made of the SDK that we use. */
const program = '/usr/bin/aws';
const run = promisify(execFile);

let two: TwoBuckets;
beforeAll(async () => {
  two = await openTwoBuckets();
});
afterAll(() => two[Symbol.asyncDispose]());

/** What it prints as an identity; its errors where it fails. */
async function aws(profile: string, ...args: readonly string[]): Promise<string> {
  const asProfile = ['--profile', profile, '--endpoint-url', two.s3.url, ...args];
  const { stdout } = await run(program, asProfile, { env: process.env, maxBuffer: 1e8 }).catch((error: { stderr?: string }) => {
    throw new Error(error.stderr ?? String(error));
  });
  return stdout;
}

test('awscli puts, lists, reads and syncs here, and is refused as by S3', async () => {
  const { name } = two.production;
  const folder = makeFolder('pgr-awscli-');
  mkdirSync(join(folder, 'a'));
  const large = randomBytes(12 * 1024 * 1024);
  writeFileSync(join(folder, 'a/ü +%.txt'), 'hello');
  writeFileSync(join(folder, 'large'), large);
  await aws('production', 's3', 'cp', folder, `s3://${name}/in`, '--recursive', '--content-type', 'text/x', '--cache-control', 'no-store');
  expect(await aws('production', 's3', 'ls', `s3://${name}/in/`)).toMatch(/PRE a\/\n.* 12582912 large\n/);
  // In parts, as awscli does from 8 MiB on.
  expect(two.production.objects.get('in/large')?.partSizes).toEqual([8 * 1024 * 1024, 4 * 1024 * 1024]);
  const head = JSON.parse(await aws('production', 's3api', 'head-object', '--bucket', name, '--key', 'in/a/ü +%.txt')) as Record<string, unknown>;
  expect(head).toMatchObject({ ContentType: 'text/x', CacheControl: 'no-store', ContentLength: 5, ETag: '"5d41402abc4b2a76b9719d911017c592"' });
  const out = join(folder, 'out');
  await aws('production', 's3', 'sync', `s3://${name}/in`, out);
  expect(readFileSync(join(out, 'large')).equals(large)).toBe(true);
  await expect(aws('staging', 's3', 'ls', `s3://${name}/`)).rejects.toThrow('AccessDenied');
  await expect(aws('production', 's3api', 'head-bucket', '--bucket', name, '--expected-bucket-owner', '999999999999')).rejects.toThrow('403');
  await expect(
    aws('production', 's3api', 'put-object', '--bucket', name, '--key', 'x', '--body', join(folder, 'large'), '--content-md5', `${'A'.repeat(22)}==`),
  ).rejects.toThrow('BadDigest');
  for (const algorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'])
    await aws(
      'production',
      's3api',
      'put-object',
      '--bucket',
      name,
      '--key',
      algorithm,
      '--body',
      join(folder, 'a/ü +%.txt'),
      '--checksum-algorithm',
      algorithm,
    ).catch((error: Error) => {
      // CRC32C needs a package that Debian doesn't bring.
      if (algorithm !== 'CRC32C' || !/CRT|awscrt/.test(error.message)) throw error;
    });
});

test('what we copy, awscli finds to be the same: its own sync has nothing to do', async () => {
  await two.renew();
  for (const key of ['a', 'b/ü +%', 'c/d']) await two.s3.put(two.production.name, key, key, { at: new Date('2025-01-01') });
  unwrap(await syncObjects(two.context, two.wish({ way: 'streamed' })));
  two.production.grants.set(two.staging.owner, 'read');
  expect(await aws('staging', 's3', 'sync', `s3://${two.production.name}`, `s3://${two.staging.name}`, '--dryrun')).toBe('');
  const listed = JSON.parse(await aws('staging', 's3api', 'list-objects-v2', '--bucket', two.staging.name)) as { Contents: { Key: string; ETag: string }[] };
  expect(listed.Contents.map(({ Key, ETag }) => [Key, ETag])).toEqual(
    ['a', 'b/ü +%', 'c/d'].map((key) => [key, `"${createHash('md5').update(key).digest('hex')}"`]),
  );
});

test('awscli accepts the request for a job of S3 Batch Operations as one that its model knows', async () => {
  await two.renew();
  await two.s3.put(two.production.name, 'a', 'a', { at: new Date('2025-01-01') });
  await two.s3.put(two.production.name, 'b', 'b', { at: new Date('2025-01-01') });
  const batch = { roleArn: 'arn:aws:iam::222222222222:role/copy', manifestBucket: 'manifests', manifestPrefix: 'jobs/' };
  const wish = two.wish({ batchAbove: 1, batch, storageClass: 'STANDARD_IA' });
  unwrap(await syncObjects(two.context, wish));
  const request = `file://${join(wish.folder, 'objects-batch-job.json')}`;
  // Parameters are held against the service's model before anything is sent: what fails then is the sending.
  const asked = aws('staging', 's3control', 'create-job', '--account-id', two.staging.owner, '--cli-input-json', request);
  await expect(asked).rejects.toThrow(/Could not connect|Connect timeout|resolve|Invalid URL|endpoint|NotImplemented|InvalidAccessKeyId|AccessDenied/i);
  await expect(asked).rejects.not.toThrow(/Parameter validation|Unknown parameter|Missing required/i);
});
