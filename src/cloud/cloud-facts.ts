import type { AwsAccess } from '../core/aws.ts';
import type { Resource } from '../core/resource.ts';

/** Sorts of things that we make in clouds. */
export const thingKinds = ['rds-instance', 'rds-snapshot'] as const;
export type ThingKind = (typeof thingKinds)[number];

/** What a ledger line says of a thing in a cloud: all that is needed to find it, and to know it as ours, after we were killed. */
export interface CloudFacts {
  readonly thing: ThingKind;
  readonly identifier: string;
  readonly account: string;
  readonly region: string;
  readonly profile?: string;
  /** What its tag `pgrehearse:run` says. */
  readonly run: string;
  /** Which production it was made for: the same for reruns. */
  readonly source: string;
}

/** Undefined: the line is of another sort, or of a newer pgrehearse. */
export function readCloudFacts({ facts }: Pick<Resource, 'facts'>): CloudFacts | undefined {
  const { thing, identifier, account, region, profile, run, source } = facts;
  const kind = thingKinds.find((one) => one === thing);
  if (kind === undefined) return undefined;
  const texts = { identifier, account, region, run, source };
  if (Object.values(texts).some((text) => typeof text !== 'string' || text === '')) return undefined;
  return { thing: kind, ...(texts as Record<keyof typeof texts, string>), ...(typeof profile === 'string' ? { profile } : {}) };
}

export function accessOf({ region, profile }: Pick<CloudFacts, 'region' | 'profile'>): AwsAccess {
  return { region, ...(profile === undefined ? {} : { profile }) };
}
