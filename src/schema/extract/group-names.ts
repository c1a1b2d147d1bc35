import { requoted } from './requote.ts';

/** The names of groups in the order of a query's rows. A name may stand there several times, one after the other. */
export class GroupNames {
  readonly list: readonly string[];
  #places: ReadonlyMap<string, number> | undefined;

  /** @param json as the server writes them */
  constructor(json: string) {
    this.list = (JSON.parse(json) as readonly string[]).map(requoted);
  }

  placesOf(name: string): readonly number[] {
    // From the end on, so that the first place wins.
    this.#places ??= new Map(this.list.map((one, place) => [one, place] as const).reverse());
    const places: number[] = [];
    for (let place = this.#places.get(name) ?? this.list.length; this.list[place] === name; place++) places.push(place);
    return places;
  }
}

/** Lists of names that were read: nearly every family tells of the same tables, and so does the other side. */
export class NameLists {
  readonly #known = new Map<string, GroupNames>();

  of(json: string): GroupNames {
    const known = this.#known.get(json) ?? new GroupNames(json);
    this.#known.set(json, known);
    return known;
  }
}
