import type { Session } from '../../core/ports.ts';
import type { FactFamily } from './fact-family.ts';
import { requoted } from './requote.ts';

/** A kind's row of the query. */
interface KindRow {
  readonly kind: string;
  /** JSON of one text for each group: its numbers of objects and facts, its hash and its name. */
  readonly groups: string;
  /** The homes of these groups, in the same order. */
  readonly homes: string;
  readonly objects: number;
  readonly facts: number;
}

/** What one family says of all objects of one kind, by groups: an object with its parts. */
export class KindHashes {
  readonly kind: string;
  /** Two sides with the same text say the same: so that nobody has to look into it. */
  readonly text: string;
  readonly objects: number;
  readonly facts: number;
  readonly #homes: string;
  #list: readonly GroupHash[] | undefined;

  constructor({ kind, groups, homes, objects, facts }: KindRow) {
    this.kind = kind;
    this.text = groups;
    this.objects = objects;
    this.facts = facts;
    this.#homes = homes;
  }

  /** The groups one by one. A group may have several homes: a table and the sequences that its columns own. */
  get list(): readonly GroupHash[] {
    this.#list ??= this.#read();
    return this.#list;
  }

  #read(): readonly GroupHash[] {
    const homes = this.#homes.split(' ');
    return (JSON.parse(this.text) as readonly string[]).map((line, place) => {
      const [, objects = '', facts = '', hash = '', group = ''] = /^(\d+) (\d+) (\w+) (.*)$/s.exec(line) ?? [];
      return { group: requoted(group), hash, objects: Number(objects), facts: Number(facts), home: Number(homes[place]) };
    });
  }

  /** Some of the groups alone, in the same form. */
  only(isWanted: (group: GroupHash) => boolean): KindHashes {
    const wanted = this.list.filter(isWanted);
    return new KindHashes({
      kind: this.kind,
      groups: JSON.stringify(wanted.map(({ objects, facts, hash, group }) => `${objects} ${facts} ${hash} ${group}`)),
      homes: wanted.map(({ home }) => home).join(' '),
      objects: wanted.reduce((sum, { objects }) => sum + objects, 0),
      facts: wanted.reduce((sum, { facts }) => sum + facts, 0),
    });
  }
}

/** Whether all facts are hashed, or an outline in place of those that pg_dump writes too. */
export type HashDepth = 'whole' | 'outline';

/** One group of such objects. */
export interface GroupHash {
  /** The parent's name, or the object's own: the same on both sides. */
  readonly group: string;
  readonly hash: string;
  readonly objects: number;
  readonly facts: number;
  /** The oid that its rows are fetched by, on this side. */
  readonly home: number;
}

/**
 * The hashes of one family's facts, made on the server so that equal groups needn't travel. SHA-256, which servers under FIPS rules have too (MD5 they don't).
 * Throws SqlError.
 */
export async function hashGroups(
  session: Session,
  family: FactFamily,
  major: number,
  depth: HashDepth,
  classes?: ReadonlySet<string>,
): Promise<readonly KindHashes[]> {
  const rows = await session.query<KindRow>(hashQuery(family, family.sql(major, classes), depth), [null]);
  return rows.map((row) => new KindHashes(row));
}

/**
 * One text for all groups of a kind: where it is the same on both sides, nobody has to look into it. Parts are sorted by numbers, and only the groups by their
 * names: a sort for each group takes longer than all the rest.
 */
function hashQuery(family: FactFamily, sql: string, depth: HashDepth): string {
  return `
    select s.kind, '[' || string_agg(to_json(concat_ws(' ', s.objects, s.facts, s.hash, s.grp))::text, ',') || ']' as groups, string_agg(s.home, ' ') as homes,
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
