import type { AwsAccess } from '../core/aws.ts';
import type { AzureAccess } from '../core/azure.ts';
import type { CloudKind } from '../core/cloud.ts';
import type { Resource } from '../core/resource.ts';

/** Sorts of things that we make in clouds. */
export const thingKinds = ['rds-instance', 'rds-snapshot', 'aurora-cluster', 'aurora-instance', 'aurora-snapshot', 'azure-server'] as const;
export type ThingKind = (typeof thingKinds)[number];

/** The cloud in which there are things of this sort. */
export function cloudOf(thing: ThingKind): CloudKind {
  return thing.startsWith('azure-') ? 'azure' : thing.startsWith('aurora-') ? 'aurora' : 'rds';
}

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
  /** Set of what is in Azure: `account` is then the subscription. */
  readonly azure?: AzureAccess;
}

/** Undefined: the line is of another sort, or of a newer pgrehearse. */
export function readCloudFacts({ facts }: Pick<Resource, 'facts'>): CloudFacts | undefined {
  const { thing, identifier, account, region, profile, run, source } = facts;
  const kind = thingKinds.find((one) => one === thing);
  if (kind === undefined) return undefined;
  const texts = { identifier, account, region, run, source };
  if (Object.values(texts).some((text) => typeof text !== 'string' || text === '')) return undefined;
  const azure = cloudOf(kind) === 'azure' ? readAzure(facts) : undefined;
  if (cloudOf(kind) === 'azure' && azure === undefined) return undefined;
  return {
    thing: kind,
    ...(texts as Record<keyof typeof texts, string>),
    ...(typeof profile === 'string' ? { profile } : {}),
    ...(azure === undefined ? {} : { azure }),
  };
}

export function accessOf({ region, profile }: Pick<CloudFacts, 'region' | 'profile'>): AwsAccess {
  return { region, ...(profile === undefined ? {} : { profile }) };
}

/** An access as a ledger line holds it. */
export function azureFacts({ tenant, resourceGroup, endpoint, credential }: AzureAccess) {
  return { resourceGroup, credential, ...(tenant === undefined ? {} : { tenant }), ...(endpoint === undefined ? {} : { endpoint }) };
}

function readAzure({ account, resourceGroup, tenant, endpoint, credential }: Resource['facts']): AzureAccess | undefined {
  if (typeof account !== 'string' || typeof resourceGroup !== 'string' || resourceGroup === '') return undefined;
  return {
    subscription: account,
    resourceGroup,
    credential: credential === 'cli' ? 'cli' : 'default',
    ...(typeof tenant === 'string' ? { tenant } : {}),
    ...(typeof endpoint === 'string' ? { endpoint } : {}),
  };
}
