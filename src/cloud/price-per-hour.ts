import type { ClassPrice, CloudKind, Price, Prices } from '../core/cloud.ts';
import { listPrices, sharesList } from './list-prices.ts';
import { ownPrice } from './own-price.ts';

const hoursPerMonth = 730;

/** A server that is there, or that would be made. */
export interface PricedServer {
  readonly cloud: CloudKind;
  readonly region: string;
  readonly instanceClass: string;
  /** Of its disk, where that is known. */
  readonly storageGb?: number | undefined;
}

/**
 * What a server costs: by the team's own price, else by the public list of one region, with its disk where that is paid for by its size. Elsewhere that list's price is
 * told as such, and none is worked out from it. Undefined where none is known, and in clouds that have lists of their own (China, governments).
 *
 * @param own the team's own price of its class, in US dollars
 * @example pricePerHour({ cloud: 'rds', region: 'us-east-1', instanceClass: 'db.t4g.small', storageGb: 100 }) // { costPerHour: 0.048, priceFrom: 'list', includesDisk: true }
 * @example pricePerHour({ cloud: 'aurora', region: 'eu-central-1', instanceClass: 'db.r6g.large' }, 0.31) // { costPerHour: 0.31, priceFrom: 'settings', … }
 */
export function pricePerHour({ cloud, region, instanceClass, storageGb }: PricedServer, own?: number): Price | undefined {
  if (own !== undefined) return { costPerHour: own, priceFrom: 'settings', includesDisk: false };
  const list = listPrices[cloud];
  const server = list.servers.get(instanceClass.toLowerCase());
  if (server === undefined || !sharesList(cloud, region)) return undefined;
  const disk = list.disk === undefined || storageGb === undefined ? undefined : (list.disk * storageGb) / hoursPerMonth;
  const price: Price = { costPerHour: toMills(server + (disk ?? 0)), priceFrom: 'list', includesDisk: disk !== undefined };
  return region === list.region ? price : { ...price, priceRegion: list.region };
}

/** The prices of classes that are tried one after the other. */
export function classPrices(server: Omit<PricedServer, 'instanceClass'>, classes: readonly string[], prices: Prices): readonly ClassPrice[] {
  return classes
    .filter((name) => name !== '')
    .map((instanceClass) => ({ instanceClass, ...pricePerHour({ ...server, instanceClass }, ownPrice(prices, instanceClass)) }));
}

/** To a tenth of a cent. */
export function toMills(dollars: number): number {
  return Math.round(dollars * 1000) / 1000;
}
