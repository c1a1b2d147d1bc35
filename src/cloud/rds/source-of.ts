import type { RdsWish } from '../../core/cloud.ts';
import type { CloudFacts, ThingKind } from '../cloud-facts.ts';

/** Which production a wish is about: the same for its reruns, and what the tags say. */
export function sourceOf({ account, access, instance }: Pick<RdsWish, 'account' | 'access' | 'instance'>): string {
  return `rds:${account}:${access.region}:${instance}`;
}

/** What the ledger lines of all that is made for a wish say alike. */
export function factsOf<K extends ThingKind>(wish: RdsWish, run: string, thing: K) {
  const { region, profile } = wish.access;
  return { thing, account: wish.account, region, ...(profile === undefined ? {} : { profile }), run, source: sourceOf(wish) } satisfies Omit<
    CloudFacts,
    'identifier'
  >;
}
