import type { CloudKind, Price, Prices } from '../core/cloud.ts';
import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { type CloudFacts, cloudOf, readCloudFacts, type ThingKind } from './cloud-facts.ts';
import { tagNames } from './cloud-tags.ts';
import { distinct, kindOf } from './find-strays.ts';
import { type Belonging, type CloudPlace, placeKey, placeOf, readInventory } from './inventory.ts';
import { ownPrice, recordedPrice } from './own-price.ts';
import { type PricedServer, pricePerHour, toMills } from './price-per-hour.ts';

/** A throwaway server or a snapshot of ours, as a person is shown it. */
export interface ListedThrowaway extends Partial<Price> {
  readonly kind: 'throwaway' | 'snapshot';
  readonly cloud: CloudKind;
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
  /** Of a server. Without a price beside it none is known: no guess. What a snapshot costs depends on what changed. */
  readonly instanceClass?: string;
  /** US dollars since it was made, by the price an hour; what it costs is paid from a little later on. Absent where no price is known, and where nobody knows whether it is still there. */
  readonly costSoFar?: number;
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
  const pricesOf = (place: CloudPlace) => places.find((one) => placeKey(one) === placeKey(place))?.prices ?? {};
  const listed = found.map((one) => show(context, one, pricesOf(one.place), lines.find((line) => isOf(line, one))?.resource));
  const missing = lines
    .filter((line) => !found.some((one) => isOf(line, one)))
    .map(({ resource, facts }) => {
      const place = placeOf(facts);
      return showLine(context, resource, facts, unseen.has(placeKey(place)) ? { status: 'unknown', prices: pricesOf(place) } : { status: 'gone' });
    });
  return { throwaways: [...listed, ...missing].toSorted((one, other) => other.ageHours - one.ageHours), failures };
}

function show(context: Context, one: Belonging, prices: Prices, resource: Resource | undefined): ListedThrowaway {
  const { place, tags, instanceClass, storageGb } = one;
  const { region, profile } = place.access;
  const { cloud, isServer } = sortOf(one.thing);
  const server = instanceClass === undefined || !isServer ? undefined : { cloud, region, instanceClass, storageGb };
  const price = server === undefined ? undefined : priceOf(server, prices, tags[tagNames.pricePerHour]);
  const [owner, deleteAfter] = [tags[tagNames.owner], tags[tagNames.deleteAfter]];
  const hours = hoursSince(context, tags[tagNames.created] ?? resource?.createdAt);
  return {
    kind: kindOf(one.thing),
    cloud,
    identifier: one.identifier,
    account: place.account,
    region,
    ...(profile === undefined ? {} : { profile }),
    status: one.status,
    ageHours: toTenths(hours),
    ...(owner === undefined ? {} : { owner }),
    ...(deleteAfter === undefined ? {} : { deleteAfter }),
    ...(server === undefined ? {} : { instanceClass: server.instanceClass }),
    ...price,
    ...(price === undefined ? {} : { costSoFar: toMills(price.costPerHour * hours) }),
    ...(resource === undefined ? {} : { resource }),
  };
}

/** What only the ledger tells of; with prices: of what may still be there. */
function showLine(
  context: Context,
  resource: Resource,
  { thing, identifier, account, region, profile }: CloudFacts,
  { status, prices }: { readonly status: string; readonly prices?: Prices },
): ListedThrowaway {
  const { cloud, isServer } = sortOf(thing);
  const { class: given, sku = given, pricePerHour: recorded } = resource.facts;
  const server = isServer && typeof sku === 'string' && sku !== '' ? { cloud, region, instanceClass: sku } : undefined;
  return {
    kind: kindOf(thing),
    cloud,
    identifier,
    account,
    region,
    ...(profile === undefined ? {} : { profile }),
    status,
    ageHours: toTenths(hoursSince(context, resource.createdAt)),
    ...(server === undefined || prices === undefined ? {} : { instanceClass: server.instanceClass, ...priceOf(server, prices, recorded) }),
    resource,
  };
}

/** What the configuration says now goes before what was written down when the server was made, by whatever configuration: who corrects a price sees it corrected. */
function priceOf(server: PricedServer, prices: Prices, recorded: string | number | undefined): Price | undefined {
  return pricePerHour(server, ownPrice(prices, server.instanceClass) ?? recordedPrice(recorded));
}

function sortOf(thing: ThingKind): { readonly cloud: CloudKind; readonly isServer: boolean } {
  // A cluster costs what is stored in it; what serves it is paid for by itself.
  return { cloud: cloudOf(thing), isServer: thing === 'rds-instance' || thing === 'aurora-instance' || thing === 'azure-server' };
}

function hoursSince(context: Context, at: string | undefined): number {
  const since = Date.parse(at ?? '');
  return Number.isNaN(since) ? 0 : Math.max(0, (context.now().getTime() - since) / hourMs);
}

function toTenths(hours: number): number {
  return Math.round(hours * 10) / 10;
}
