import type { Session } from '../../core/ports.ts';
import type { FactFamily } from './fact-family.ts';
import type { GroupNames, NameLists } from './group-names.ts';

/** A kind's row of the query. All lists are of its groups, in one order. */
interface KindRow {
  readonly kind: string;
  /** JSON of their names. */
  readonly names: string;
  /** SHA-256 of each, in hex, without anything between. */
  readonly hashes: string;
  /** How many objects and facts each has: `1 12,1 9`. */
  readonly counts: string;
  /** The oids that their rows are fetched by, on this side: `16385 16391`. */
  readonly homes: string;
  readonly objects: number;
  readonly facts: number;
}

const hashLength = 64;

/** What one family says of all objects of one kind, by groups: an object with its parts. */
export class KindHashes {
  readonly kind: string;
  readonly objects: number;
  readonly facts: number;
  readonly #row: KindRow;
  readonly #names: GroupNames;
  #counts: readonly string[] | undefined;
  #homes: readonly string[] | undefined;

  constructor(row: KindRow, lists: NameLists) {
    this.kind = row.kind;
    this.objects = row.objects;
    this.facts = row.facts;
    this.#row = row;
    this.#names = lists.of(row.names);
  }

  /** All that is said, as texts: two sides with the same ones say the same, so that nobody has to look into them. */
  get texts(): readonly string[] {
    return [this.#row.names, this.#row.hashes, this.#row.counts];
  }

  /** The group of each place. */
  get names(): readonly string[] {
    return this.#names.list;
  }

  /** The groups one by one. A group may have several homes: a table and the sequences that its columns own. */
  get list(): readonly GroupHash[] {
    return this.names.map((_, place) => this.#at(place));
  }

  /** One group: all that is said of it, home by home. */
  of(group: string): readonly GroupHash[] {
    return this.#names.placesOf(group).map((place) => this.#at(place));
  }

  hashAt(place: number): string {
    return this.#row.hashes.slice(place * hashLength, (place + 1) * hashLength);
  }

  homeAt(place: number): number {
    this.#homes ??= this.#row.homes.split(' ');
    return Number(this.#homes[place]);
  }

  /** Some of the groups alone, in the same form. */
  only(isWanted: (group: string) => boolean, lists: NameLists): KindHashes {
    const wanted = [...this.names.keys()].filter((place) => isWanted(this.names[place] ?? ''));
    const groups = wanted.map((place) => this.#at(place));
    const row = {
      kind: this.kind,
      names: JSON.stringify(groups.map(({ group }) => group)),
      hashes: groups.map(({ hash }) => hash).join(''),
      counts: groups.map(({ objects, facts }) => `${objects} ${facts}`).join(','),
      homes: groups.map(({ home }) => home).join(' '),
      objects: groups.reduce((sum, { objects }) => sum + objects, 0),
      facts: groups.reduce((sum, { facts }) => sum + facts, 0),
    };
    return new KindHashes(row, lists);
  }

  #at(place: number): GroupHash {
    this.#counts ??= this.#row.counts.split(',');
    const [objects, facts] = (this.#counts[place] ?? '').split(' ');
    return { group: this.names[place] ?? '', hash: this.hashAt(place), objects: Number(objects), facts: Number(facts), home: this.homeAt(place) };
  }
}

/** Whether all facts are hashed, or an outline in place of those that pg_dump writes too. */
export type HashDepth = 'whole' | 'outline';

/** What one family says of one group of objects at one home. */
export interface GroupHash {
  /** The parent's name, or the object's own: the same on both sides. */
  readonly group: string;
  readonly hash: string;
  readonly objects: number;
  readonly facts: number;
  /** The oid that its rows are fetched by, on this side. */
  readonly home: number;
}

/** What to hash: families, each over classes of objects only for these. */
export type Asked = Iterable<readonly [family: FactFamily, classes: ReadonlySet<string> | undefined]>;

/**
 * The hashes of families' facts, made on the server so that equal groups needn't travel. SHA-256, which servers under FIPS rules have too (MD5 they don't).
 * Throws SqlError.
 */
export async function hashGroups(
  session: Session,
  asked: Asked,
  { major, depth, lists }: { readonly major: number; readonly depth: HashDepth; readonly lists: NameLists },
): Promise<ReadonlyMap<FactFamily, readonly KindHashes[]>> {
  const all = [...asked];
  const rows = await session.queryAll<KindRow>(
    all.map(([family, classes]) => ({ text: hashQuery(family, family.sql(major, classes), depth), values: [null] })),
  );
  return new Map(all.map(([family], place) => [family, (rows[place] ?? []).map((row) => new KindHashes(row, lists))]));
}

/**
 * A few texts for all groups of a kind: where they are the same on both sides, nobody has to look into them. Parts are sorted by numbers, and only the groups by their
 * names: a sort for each group takes longer than all the rest.
 */
function hashQuery(family: FactFamily, sql: string, depth: HashDepth): string {
  return `
    select s.kind, '[' || string_agg(to_json(s.grp)::text, ',') || ']' as names, string_agg(s.hash, '') as hashes,
           string_agg(s.objects || ' ' || s.facts, ',') as counts, string_agg(s.home, ' ') as homes,
           sum(s.objects)::pg_catalog.int4 as objects, sum(s.facts)::pg_catalog.int4 as facts
      from (select f.kind, f.grp, f.home::pg_catalog.int8::text as home, ${family.properties === undefined ? 'count(distinct f.name)' : 'count(*)'} as objects,
                   sum(f.facts) as facts, encode(pg_catalog.sha256(pg_catalog.convert_to(string_agg(f.line, e'\\n'), 'UTF8')), 'hex') as hash
              from (select l.* from (${lines(family, sql, depth)}) l order by l.home, l.kind, l.grp, ${family.ordered ? 'l.place' : 'l.line collate "C"'}) f
             group by f.home, f.kind, f.grp
             order by f.kind, f.grp, hash) s
     group by s.kind
     order by s.kind`;
}

/** Each row of the family as one text. `offset 0` keeps the planner from computing each value once more wherever it is used. */
function lines(family: FactFamily, sql: string, depth: HashDepth): string {
  const rows = `(select * from (${sql}) z offset 0) q`;
  if (family.properties === undefined) {
    return `select coalesce(q.parent, q.name) collate "C" as grp, q.kind collate "C" as kind, q.home, q.name, 1 as facts, row(q.name, q.property, q.value)::text as line
              from ${rows} where q.value is not null`;
  }
  const { implied = [], hashed = [], written = [], outline } = family;
  const unhashed = depth === 'whole' ? implied : [...implied, ...written];
  const quoted = (names: readonly string[]) => names.filter((name) => !unhashed.includes(name)).map((name) => `q."${name}"`);
  const columns = quoted(family.properties);
  const texts = [...columns, ...quoted(hashed), ...(depth === 'outline' && outline !== undefined ? quoted([outline]) : [])];
  return `select${family.ordered ? ' q.place,' : ''} coalesce(q.parent, q.name) collate "C" as grp, q.kind collate "C" as kind, q.home, q.name,
                 ${implied.length} + ${columns.length === 0 ? '0' : `pg_catalog.num_nonnulls(${columns.join(', ')})`}
                   + case when q.more is null then 0 else (select count(*)::pg_catalog.int4 from pg_catalog.jsonb_object_keys(q.more)) end as facts,
                 row(${['q.name', ...texts, 'q.more'].join(', ')})::text as line
            from ${rows}`;
}
