import type { AwsAccount } from '../../core/aws.ts';
import type { DbCluster, DbInstance } from '../../core/aws-things.ts';
import type { AuroraWish } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import type { CloudFacts, ThingKind } from '../cloud-facts.ts';
import { cloudName } from '../cloud-name.ts';
import { ownTags, toAwsTags } from '../cloud-tags.ts';
import type { CloudThing } from '../cloud-thing.ts';
import { type Made, makeCloudResource } from '../make-cloud-resource.ts';
import { priceFacts } from '../own-price.ts';

/** Production on Aurora: its cluster, and the instance of it that writes. */
export interface ProductionCluster {
  /** Absent where a snapshot of another account is restored. */
  readonly cluster?: DbCluster;
  readonly writer?: DbInstance;
}

/** What is the same for all that one attempt makes. */
export interface Attempt {
  readonly account: AwsAccount;
  readonly wish: AuroraWish;
  readonly production: ProductionCluster;
  /** For the tag `pgrehearse:run`. */
  readonly run: string;
  /** What earlier attempts left, which this one may go on with. */
  readonly orphans: readonly Resource[];
  /** What it made or took over, in that order: it is removed in the opposite one. */
  readonly made: Resource[];
}

/** Which production a wish is about: the same for its reruns, and what the tags say. */
export function sourceOfAurora({ account, access, cluster }: Pick<AuroraWish, 'account' | 'access' | 'cluster'>): string {
  return `aurora:${account}:${access.region}:${cluster}`;
}

/** The cluster that is cloned: production's, or a copy of it that is ours. */
export function originalOf({ cluster, copyOf }: Pick<AuroraWish, 'cluster' | 'copyOf'>): string {
  return copyOf ?? cluster;
}

/** What one thing of an attempt is, and the call that makes it. */
export interface Part {
  readonly thing: ThingKind;
  readonly facts: Resource['facts'];
  readonly doing: string;
  /** It is to stay. */
  readonly kept?: boolean;
  /** The team's own price, in US dollars. */
  readonly pricePerHour?: number | undefined;
  open(identifier: string): CloudThing;
  create(identifier: string, tags: ReturnType<typeof toAwsTags>): Promise<unknown>;
}

/** Makes one thing of an attempt, tagged and in the ledger; what may have been made is removed with the attempt. */
export async function makePart(context: Context, { wish, run, made }: Attempt, part: Part): Promise<Made> {
  const { region, profile } = wish.access;
  const source = sourceOfAurora(wish);
  const { pricePerHour } = part;
  const facts = { thing: part.thing, account: wish.account, region, ...(profile === undefined ? {} : { profile }), run, source };
  const outcome = await makeCloudResource(context, {
    kind: part.thing === 'aurora-snapshot' ? 'snapshot' : 'throwaway',
    facts: { ...part.facts, ...priceFacts(pricePerHour), ...(facts satisfies Omit<CloudFacts, 'identifier'>) },
    patience: wish,
    doing: part.doing,
    name: (at) => cloudName(wish.cluster, at),
    open: part.open,
    create: (identifier, line) =>
      part.create(
        identifier,
        toAwsTags(ownTags(context, { run, line, source, pricePerHour, ...(part.kept === true ? {} : { deleteAfterHours: wish.deleteAfterHours }) })),
      ),
  });
  const resource = outcome.result.ok ? outcome.result.value : outcome.left;
  if (resource !== undefined) made.push(resource);
  return outcome;
}
