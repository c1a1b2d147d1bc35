import type { AwsAccess } from '../../core/aws.ts';
import type { Phase } from '../../core/phase.ts';

/** A bucket of one side, as it is configured. */
export interface ObjectSide {
  /** For sentences. */
  readonly name: 'production' | 'staging';
  readonly access: AwsAccess;
  /** The account that the credentials have to belong to. */
  readonly account: string;
  /** The account that owns the bucket. */
  readonly owner: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** What is to be copied, and how. */
export interface ObjectsWish {
  readonly production: ObjectSide;
  readonly staging: ObjectSide & { readonly kmsKeyId?: string };
  /** Patterns over keys without their prefix; * stands for any text. All unless given. */
  readonly include?: readonly string[];
  readonly exclude: readonly string[];
  readonly delete: boolean;
  readonly tags: boolean;
  readonly storageClass?: string;
  readonly way: 'auto' | 'server-side' | 'streamed';
  readonly concurrency: number;
  readonly batchAbove: number;
  readonly batch?: { readonly roleArn: string; readonly manifestBucket: string; readonly manifestPrefix: string };
  /** Where the plan, the manifest and a job's request are written; it exists. */
  readonly folder: string;
  /** Of the events that tell how far it is. */
  readonly phase: Phase;
}
