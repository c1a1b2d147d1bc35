import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { Result } from '../core/result.ts';
import { azureFacts, type CloudFacts, readCloudFacts, type ThingKind } from './cloud-facts.ts';
import { tagNames } from './cloud-tags.ts';
import { type Patience, usualPatience } from './cloud-thing.ts';
import { type Belonging, type CloudPlace, placeKey, placeOf, readInventory } from './inventory.ts';
import { removeCloudResource } from './remove-cloud-resource.ts';

/** Something with our name and tags that no ledger line of this machine knows: another machine's, or one whose ledger was lost. */
export interface Stray extends Belonging {
  /** Past the time until which its maker wanted it; false also where it is to be kept. */
  readonly isExpired: boolean;
}

export interface Strays {
  readonly strays: readonly Stray[];
  /** A place where nobody could look: what is there isn't known. */
  readonly failures: readonly Failure[];
}

/** Looks in every place for what pgrehearse made and this machine's ledger doesn't know. Only reads. */
export async function findStrays(context: Context, places: readonly CloudPlace[]): Promise<Strays> {
  const strays: Stray[] = [];
  const failures: Failure[] = [];
  for (const place of distinct(places)) {
    const found = await readInventory(context, place);
    if (!found.ok) {
      failures.push(found.failure);
      continue;
    }
    // Read after the cloud was: what was made in between has its line already.
    const known = new Set((await context.ledger.list()).map(nameOf));
    for (const one of found.value) {
      if (!known.has(nameInPlace(one.thing, one.identifier, place))) strays.push({ ...one, isExpired: isPast(one, context.now()) });
    }
  }
  return { strays, failures };
}

/**
 * Deletes a stray because somebody wants it so: its tags alone say that it is ours. A ledger line is written first, so that a stop in between leaves what `gc` can finish.
 * Fails with `throwaway-left`.
 */
export async function removeStray(context: Context, stray: Stray, patience: Patience = usualPatience): Promise<Result<void>> {
  const { region, profile } = stray.place.access;
  const { azure } = stray.place;
  const facts: Omit<CloudFacts, 'azure'> & Resource['facts'] = {
    thing: stray.thing,
    identifier: stray.identifier,
    account: stray.place.account,
    region,
    ...(profile === undefined ? {} : { profile }),
    ...(azure === undefined ? {} : azureFacts(azure)),
    run: stray.tags[tagNames.run] ?? '',
    source: stray.tags[tagNames.source] ?? 'unknown',
  };
  const line = await context.ledger.plan({ kind: kindOf(stray.thing), label: stray.identifier, facts: { ...facts, made: 'yes' } });
  return await removeCloudResource(context, line, patience);
}

/** What its ledger line is called. */
export function kindOf(thing: ThingKind): 'throwaway' | 'snapshot' {
  return thing === 'rds-snapshot' || thing === 'aurora-snapshot' ? 'snapshot' : 'throwaway';
}

/** One place that several profiles lead to is looked at once. */
export function distinct(places: readonly CloudPlace[]): readonly CloudPlace[] {
  return [...new Map(places.map((place) => [placeKey(place), place])).values()];
}

function isPast({ tags }: Belonging, now: Date): boolean {
  const until = Date.parse(tags[tagNames.deleteAfter] ?? '');
  return !Number.isNaN(until) && until <= now.getTime();
}

function nameOf(line: Resource): string {
  const facts = readCloudFacts(line);
  return facts === undefined ? '' : nameInPlace(facts.thing, facts.identifier, placeOf(facts));
}

function nameInPlace(thing: ThingKind, identifier: string, place: CloudPlace): string {
  return `${thing} ${identifier} ${placeKey(place)}`;
}
