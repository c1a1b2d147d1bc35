import type { Session } from '../../core/ports.ts';

/** What the values of enums and composite types mean, which can change without a row being written. */
export interface TypeDefinitions {
  /** Of enums: by type, as SQL with its schema, the label that each value has. */
  readonly labels: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Of composite types: by type, the name that each attribute has by its number. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Equal for equal definitions of all of them. */
  readonly digest: string;
}

/** Composite types, and tables whose rows are values elsewhere, have attributes; a dropped one takes its part of every value with it. */
const definitionsQuery = `
select pg_catalog.format_type(e.enumtypid, null) as type, e.oid::text as value, e.enumlabel::text as label, '' as of, true as enum
from pg_catalog.pg_enum e
union all
select pg_catalog.format_type(c.reltype, null), a.attnum::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), false
from pg_catalog.pg_class c
join pg_catalog.pg_type t on t.oid = c.reltype
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind = 'c'
   or c.relkind in ('r', 'p', 'v')
      and (t.oid in (select u.atttypid from pg_catalog.pg_attribute u where u.attnum > 0)
           or t.typarray in (select u.atttypid from pg_catalog.pg_attribute u where u.attnum > 0))
order by 1, 2`;

/** Throws SqlError. The session's search_path must be empty. */
export async function readTypeDefinitions(session: Session): Promise<TypeDefinitions> {
  const rows = await session.query<{ type: string; value: string; label: string; of: string; enum: boolean }>(definitionsQuery);
  const names = (isEnum: boolean) => {
    const types = Map.groupBy(
      rows.filter((row) => row.enum === isEnum),
      ({ type }) => type,
    );
    return new Map([...types].map(([type, values]) => [type, new Map(values.map(({ value, label }) => [value, label]))]));
  };
  return {
    labels: names(true),
    attributes: names(false),
    digest: JSON.stringify(rows),
  };
}

/** Labels of an enum that stand for what another one stood for. */
export interface Relabelled {
  /** Of enums labels, of composite types attributes: called labels below, too. */
  readonly what: 'labels' | 'attributes';
  /** The new label, and what it was before. */
  readonly renamed: ReadonlyMap<string, string>;
  /** New labels that stood for something else before: whoever knows them now misreads what was stored. */
  readonly reused: readonly string[];
}

/** By type: enums of which labels were renamed. Values that are new have no former label. */
export function relabelledEnums(before: TypeDefinitions | undefined, after: TypeDefinitions | undefined): ReadonlyMap<string, Relabelled> {
  return renamedIn('labels', before, after);
}

/** By type: composite types of which attributes were renamed. */
export function renamedAttributes(before: TypeDefinitions | undefined, after: TypeDefinitions | undefined): ReadonlyMap<string, Relabelled> {
  return renamedIn('attributes', before, after);
}

function renamedIn(what: Relabelled['what'], before: TypeDefinitions | undefined, after: TypeDefinitions | undefined): ReadonlyMap<string, Relabelled> {
  const found = new Map<string, Relabelled>();
  for (const [type, was] of before?.[what] ?? []) {
    const is = after?.[what].get(type) ?? new Map<string, string>();
    const renamed = new Map([...is].flatMap(([value, label]) => (was.has(value) && was.get(value) !== label ? [[label, was.get(value) ?? ''] as const] : [])));
    const former = new Set(was.values());
    if (renamed.size > 0) found.set(type, { what, renamed, reused: [...renamed.keys()].filter((label) => former.has(label)) });
  }
  return found;
}
