import type { Prices } from '../core/cloud.ts';

/**
 * What a class costs the team by its own word, in US dollars an hour. Azure doesn't mind how its sizes are written, so neither do we.
 *
 * @example ownPrice({ Standard_D2ds_v5: 0.2 }, 'standard_d2ds_v5') // 0.2
 */
export function ownPrice(prices: Prices, instanceClass: string): number | undefined {
  const wanted = instanceClass.toLowerCase();
  return Object.entries(prices).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** As a ledger line holds it. */
export function priceFacts(pricePerHour: number | undefined): { readonly pricePerHour?: number } {
  return pricePerHour === undefined ? {} : { pricePerHour };
}

/** A price that was written down when a server was made, in its ledger line or its tag. What others may have put there in its place is none. */
export function recordedPrice(written: string | number | undefined): number | undefined {
  const price = typeof written === 'string' && written.trim() !== '' ? Number(written) : written;
  return typeof price === 'number' && Number.isFinite(price) && price > 0 ? price : undefined;
}
