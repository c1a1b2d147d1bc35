import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { type CloudFacts, readCloudFacts } from './cloud-facts.ts';
import { tagNames } from './cloud-tags.ts';
import { distinct, kindOf } from './find-strays.ts';
import { type Belonging, type CloudPlace, placeKey, placeOf, readInventory } from './inventory.ts';
import { pricePerHour } from './price-per-hour.ts';

/** A throwaway server or a snapshot of ours, as a person is shown it. */
export interface ListedThrowaway {
  readonly kind: 'throwaway' | 'snapshot';
  readonly identifier: string;
  readonly account: string;
  readonly region: string;
  readonly profile?: string;
  /** As the cloud tells it; `gone` where only our ledger knows it, `unknown` where nobody could look. */
  readonly status: string;
  /** Hours since it was made. */
  readonly ageHours: number;
  /** Who made it: `user@machine`. */
  readonly owner?: string;
  /** ISO 8601: from when on anybody may delete it. */
  readonly deleteAfter?: string;
  readonly instanceClass?: string;
  /** US dollars; absent where we don't know: no guess. Of a server with its disk: what a snapshot costs depends on what changed. */
  readonly costPerHour?: number;
  /** Whose list price that is, where it is another region's. */
  readonly priceRegion?: string;
  /** Its line in this machine's ledger; absent: another machine's. */
  readonly resource?: Resource;
}

export interface ListedThrowaways {
  readonly throwaways: readonly ListedThrowaway[];
  /** A place where nobody could look. */
  readonly failures: readonly Failure[];
}

const hourMs = 3_600_000;

/** Everything of ours in clouds, whether this machine's ledger names it or its tags do, oldest first. Looks where the ledger points to as well. Only reads. */
export async function listThrowaways(context: Context, places: readonly CloudPlace[]): Promise<ListedThrowaways> {
  const lines = (await context.ledger.list()).flatMap((resource) => {
    const facts = readCloudFacts(resource);
    return facts === undefined ? [] : [{ resource, facts }];
  });
  const failures: Failure[] = [];
  const found: Belonging[] = [];
  const unseen = new Set<string>();
  for (const place of distinct([...places, ...lines.map(({ facts }) => placeOf(facts))])) {
    const inventory = await readInventory(context, place);
    if (inventory.ok) found.push(...inventory.value);
    else {
      failures.push(inventory.failure);
      unseen.add(placeKey(place));
    }
  }
  const isOf = ({ facts }: { readonly facts: CloudFacts }, one: Belonging) =>
    facts.thing === one.thing && facts.identifier === one.identifier && facts.account === one.place.account && facts.region === one.place.access.region;
  const listed = found.map((one) => show(context, one, lines.find((line) => isOf(line, one))?.resource));
  const missing = lines
    .filter((line) => !found.some((one) => isOf(line, one)))
    .map(({ resource, facts }) => showLine(context, resource, facts, unseen.has(placeKey(placeOf(facts))) ? 'unknown' : 'gone'));
  return { throwaways: [...listed, ...missing].toSorted((one, other) => other.ageHours - one.ageHours), failures };
}

function show(context: Context, one: Belonging, resource: Resource | undefined): ListedThrowaway {
  const { place, tags, instanceClass, storageGb } = one;
  const { region, profile } = place.access;
  // A class costs more in a cluster, and no price of that is known here.
  const price = instanceClass === undefined || one.thing !== 'rds-instance' ? undefined : pricePerHour(region, instanceClass, storageGb);
  const [owner, deleteAfter] = [tags[tagNames.owner], tags[tagNames.deleteAfter]];
  return {
    kind: kindOf(one.thing),
    identifier: one.identifier,
    account: place.account,
    region,
    ...(profile === undefined ? {} : { profile }),
    status: one.status,
    ageHours: hoursSince(context, tags[tagNames.created] ?? resource?.createdAt),
    ...(owner === undefined ? {} : { owner }),
    ...(deleteAfter === undefined ? {} : { deleteAfter }),
    ...(instanceClass === undefined ? {} : { instanceClass }),
    ...price,
    ...(resource === undefined ? {} : { resource }),
  };
}

function showLine(context: Context, resource: Resource, { thing, identifier, account, region, profile }: CloudFacts, status: string): ListedThrowaway {
  const age = hoursSince(context, resource.createdAt);
  return { kind: kindOf(thing), identifier, account, region, ...(profile === undefined ? {} : { profile }), status, ageHours: age, resource };
}

function hoursSince(context: Context, at: string | undefined): number {
  const since = Date.parse(at ?? '');
  return Number.isNaN(since) ? 0 : Math.max(0, Math.round(((context.now().getTime() - since) / hourMs) * 10) / 10);
}
