import type { Session } from '../../core/ports.ts';
import type { FactFamily } from './fact-family.ts';
import { requoted } from './requote.ts';

/** What one family says of one group: an object with its parts. */
export interface GroupHash {
  /** The parent's name, or the object's own: the same on both sides. */
  readonly group: string;
  readonly kind: string;
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
export async function hashGroups(session: Session, family: FactFamily, major: number, classes?: ReadonlySet<string>): Promise<readonly GroupHash[]> {
  const [row] = await session.query<{ groups: string | null }>(hashQuery(family, family.sql(major, classes)), [null]);
  const groups = JSON.parse(row?.groups ?? '[]') as readonly (readonly [string, string, string, number, number, number])[];
  return groups.map(([group, kind, hash, objects, facts, home]) => ({ group: requoted(group), kind, hash, objects, facts, home }));
}

/**
 * One text for all: node reads one long value much faster than thousands of rows. Lines are sorted once, and not by an aggregate: a sort for each group takes
 * longer than all the rest.
 */
function hashQuery(family: FactFamily, sql: string): string {
  return `
    select json_agg(json_build_array(s.grp, s.kind, s.hash, s.objects, s.facts, s.home::pg_catalog.int8))::text as groups
      from (select f.grp, f.kind, f.home, ${family.properties === undefined ? 'count(distinct f.name)' : 'count(*)'} as objects, sum(f.facts) as facts,
                   encode(pg_catalog.sha256(pg_catalog.convert_to(string_agg(f.line, e'\\n'), 'UTF8')), 'hex') as hash
              from (select l.* from (${lines(family, sql)}) l order by l.home, l.kind, l.grp, ${family.ordered ? 'l.place' : 'l.line collate "C"'}) f
             group by f.home, f.kind, f.grp) s`;
}

/** Each row of the family as one text. `offset 0` keeps the planner from computing each value once more wherever it is used. */
function lines(family: FactFamily, sql: string): string {
  const rows = `(select * from (${sql}) z offset 0) q`;
  if (family.properties === undefined) {
    return `select coalesce(q.parent, q.name) as grp, q.kind, q.home, q.name, 1 as facts, row(q.name, q.property, q.value)::text as line
              from ${rows} where q.value is not null`;
  }
  const { implied = [], hashed = [] } = family;
  const columns = family.properties.filter((property) => !implied.includes(property)).map((property) => `q."${property}"`);
  const texts = [...columns, ...hashed.map((column) => `q."${column}"`)];
  return `select${family.ordered ? ' q.place,' : ''} coalesce(q.parent, q.name) as grp, q.kind, q.home, q.name,
                 ${implied.length} + ${columns.length === 0 ? '0' : `pg_catalog.num_nonnulls(${columns.join(', ')})`}
                   + case when q.more is null then 0 else (select count(*)::pg_catalog.int4 from pg_catalog.jsonb_object_keys(q.more)) end as facts,
                 row(${['q.name', ...texts, 'q.more'].join(', ')})::text as line
            from ${rows}`;
}
