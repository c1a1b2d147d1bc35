import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Context } from '../../../src/core/ports.ts';
import type { ObjectsWish } from '../../../src/sync/objects/wish.ts';
import { makeFolder } from '../temporary-folder.ts';
import { openContext } from '../with-context.ts';
import { FakeS3 } from './fake-s3.ts';
import type { Shelf } from './shelf.ts';

/** S3 with an empty bucket of production and one of staging, which staging's identity may not read across. */
export interface TwoBuckets extends AsyncDisposable {
  readonly s3: FakeS3;
  readonly production: Shelf;
  readonly staging: Shelf;
  readonly context: Context & { readonly events: unknown[] };
  readonly root: string;
  readonly credentialsFile: string;
  /** With a folder of its own each time. */
  wish(change?: Partial<ObjectsWish>): ObjectsWish;
  /** New buckets, so that tests share the server: each has its own names. */
  renew(): Promise<void>;
}

/** @example await using two = await openTwoBuckets(); unwrap(await syncObjects(two.context, two.wish())) */
export async function openTwoBuckets(): Promise<TwoBuckets> {
  const s3 = await FakeS3.start();
  const root = makeFolder('pgr-objects-');
  chmodSync(root, 0o755);
  const credentialsFile = join(root, 'credentials');
  writeFileSync(credentialsFile, s3.credentials, { mode: 0o600 });
  for (const [name, value] of Object.entries(s3.environment(credentialsFile))) vi.stubEnv(name, value);
  const context = await openContext(root);
  let count = 0;
  const renew = async () => {
    count++;
    s3.fault = () => undefined;
    s3.calls.length = 0;
    two.production = await s3.makeBucket(`production-${count}`, FakeS3.production);
    two.staging = await s3.makeBucket(`staging-${count}`, FakeS3.staging);
  };
  const two = {
    ...{ s3, context, root, credentialsFile, renew },
    production: undefined as unknown as Shelf,
    staging: undefined as unknown as Shelf,
    wish: (change: Partial<ObjectsWish> = {}): ObjectsWish => ({
      production: { ...side('production', FakeS3.production), bucket: two.production.name },
      staging: { ...side('staging', FakeS3.staging), bucket: two.staging.name },
      exclude: [],
      delete: false,
      tags: false,
      way: 'auto',
      concurrency: 8,
      batchAbove: 1_000_000,
      folder: mkdtempSync(join(root, 'run-')),
      phase: 'provision',
      ...change,
    }),
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      await s3[Symbol.asyncDispose]();
    },
  };
  await renew();
  return two;
}

function side(name: 'production' | 'staging', account: string) {
  return { name, access: { region: FakeS3.region, profile: name }, account, owner: account, prefix: '' };
}
