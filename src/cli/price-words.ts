import type { ClassPrice, CloudKind, Price } from '../core/cloud.ts';
import { visible } from '../core/visible-text.ts';

interface Place {
  readonly cloud: CloudKind;
  readonly region: string;
}

/**
 * What a server of each class costs, and by whose word; where that isn't known, what to do; and what is paid for besides.
 *
 * @example costLines({ cloud: 'rds', region: 'eu-central-1' }, [{ instanceClass: 'db.t4g.small', costPerHour: 0.04, priceFrom: 'settings', includesDisk: false }])
 * // ['about $0.04 an hour for db.t4g.small without its disk, as source.rds.prices has it']
 */
export function costLines(place: Place, prices: readonly ClassPrice[]): readonly string[] {
  if (prices.length === 0) return ['not known: no class is configured, and production’s own isn’t known'];
  const sentences = prices.map((price) => visible(priceSentence(place, price)));
  if (place.cloud !== 'aurora') return sentences;
  return [...sentences, 'That is the instance alone: storage that changes and I/O come on top, and a list price is that of Aurora Standard.'];
}

function priceSentence({ cloud, region }: Place, { instanceClass, ...price }: ClassPrice): string {
  const { costPerHour, includesDisk } = price;
  if (costPerHour === undefined) return unknownPrice({ cloud, region, instanceClass });
  // Aurora's storage is no disk: the cluster has it.
  const disk = cloud === 'aurora' ? '' : includesDisk === true ? ' with its disk' : ' without its disk';
  return `about $${costPerHour} an hour for ${instanceClass}${disk}, ${byWhom({ cloud, region }, price)}`;
}

/** @example unknownPrice({ cloud: 'rds', region: 'eu-central-1', instanceClass: 'db.x2g.large' }) // 'no price is known of db.x2g.large in …' */
export function unknownPrice({ cloud, region, instanceClass }: Place & { readonly instanceClass: string }): string {
  return visible(`no price is known of ${instanceClass} in ${region}: name it in source.${cloud}.prices, in US dollars an hour`);
}

function byWhom({ cloud, region }: Place, { priceFrom, priceRegion }: Partial<Price>): string {
  if (priceFrom === 'settings') return `as source.${cloud}.prices has it`;
  return priceRegion === undefined ? `by the public list price of ${region}` : `by ${priceRegion}’s list price: that of ${region} isn’t known here`;
}

/** A price in a table: `$0.048, us-east-1’s list`; a dash for what isn't paid for by the hour. */
export function priceCell({ instanceClass, costPerHour, priceFrom, priceRegion }: Partial<ClassPrice>): string {
  if (instanceClass === undefined) return '-';
  if (costPerHour === undefined) return 'not known';
  return `$${costPerHour}, ${priceFrom === 'settings' ? 'as configured' : priceRegion === undefined ? 'by list' : `${priceRegion}’s list`}`;
}

/** To the cent. @example showDollars(0.004) // 'under $0.01' */
export function showDollars(dollars: number): string {
  return dollars < 0.01 ? 'under $0.01' : `$${dollars.toFixed(2)}`;
}
