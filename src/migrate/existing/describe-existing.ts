import type { Session } from '../../core/ports.ts';
import type { ExistingObject } from './find-existing.ts';

/** A column as its table's definition would have it, without its place. @param a SQL: an alias of pg_attribute */
const columnFacts = `
pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
  case when a.attidentity <> '' then 'identity ' || a.attidentity::text end, case when a.attgenerated <> '' then 'generated ' || a.attgenerated::text end,
  (select 'collate ' || k.collname from pg_catalog.pg_collation k join pg_catalog.pg_type y on y.oid = a.atttypid where k.oid = a.attcollation and a.attcollation <> y.typcollation),
  (select 'default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum))`;

/** A relation, line by line: what it is, its columns, constraints and indexes. */
const relationQuery = `
with c as (select c.* from pg_catalog.pg_class c where c.oid = $1::pg_catalog.regclass)
select pg_catalog.concat_ws(' ', 'owner', pg_catalog.pg_get_userbyid(c.relowner), 'kind', c.relkind, c.relpersistence, c.reloptions::text, case when c.relrowsecurity then 'row level security' end,
         case when c.relforcerowsecurity then 'forced' end, pg_catalog.pg_get_partkeydef(c.oid), pg_catalog.pg_get_expr(c.relpartbound, c.oid)) as line from c
union all select 'column ' || ${columnFacts} from c join pg_catalog.pg_attribute a on a.attrelid = c.oid where a.attnum > 0 and not a.attisdropped and c.relkind not in ('i', 'I', 'S')
union all select 'constraint ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid) from c join pg_catalog.pg_constraint k on k.conrelid = c.oid
union all select 'index ' || pg_catalog.pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ' (not valid)' end
  from c join pg_catalog.pg_index i on c.oid in (i.indrelid, i.indexrelid)
union all select 'view ' || pg_catalog.pg_get_viewdef(c.oid) from c where c.relkind in ('v', 'm')
union all select 'sequence ' || pg_catalog.concat_ws(' ', pg_catalog.format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
  from c join pg_catalog.pg_sequence s on s.seqrelid = c.oid
order by 1`;

const columnQuery = `
select ${columnFacts} as line from pg_catalog.pg_attribute a where a.attrelid = $1::pg_catalog.regclass and a.attname = $2 and not a.attisdropped`;

const constraintQuery = `
select pg_catalog.pg_get_constraintdef(k.oid) as line from pg_catalog.pg_constraint k where k.conrelid = $1::pg_catalog.regclass and k.conname = $2`;

const triggerQuery = `
select pg_catalog.pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text as line from pg_catalog.pg_trigger t
where t.tgrelid = $1::pg_catalog.regclass and t.tgname = $2 and not t.tgisinternal`;

const policyQuery = `
select pg_catalog.concat_ws(' ', p.polcmd, p.polpermissive, (select array_agg(r::pg_catalog.regrole::text order by 1) from pg_catalog.unnest(p.polroles) r),
         'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) as line
from pg_catalog.pg_policy p where p.polrelid = $1::pg_catalog.regclass and p.polname = $2`;

const ruleQuery = `
select pg_catalog.pg_get_ruledef(r.oid) || ' ' || r.ev_enabled::text as line from pg_catalog.pg_rewrite r where r.ev_class = $1::pg_catalog.regclass and r.rulename = $2`;

/** A type, line by line: labels in their order, attributes, or what a domain allows. */
const typeQuery = `
with t as (select t.* from pg_catalog.pg_type t where t.oid = $1::pg_catalog.regtype)
select pg_catalog.concat_ws(' ', 'owner', pg_catalog.pg_get_userbyid(t.typowner), 'kind', t.typtype, pg_catalog.format_type(nullif(t.typbasetype, 0), t.typtypmod), case when t.typnotnull then 'not null' end, t.typdefault) as line from t
union all select 'label ' || pg_catalog.row_number() over (order by e.enumsortorder) || ' ' || e.enumlabel from t join pg_catalog.pg_enum e on e.enumtypid = t.oid
union all select 'attribute ' || a.attnum || ' ' || ${columnFacts} from t join pg_catalog.pg_attribute a on a.attrelid = t.typrelid where a.attnum > 0 and not a.attisdropped
union all select 'constraint ' || k.conname || ' ' || pg_catalog.pg_get_constraintdef(k.oid) from t join pg_catalog.pg_constraint k on k.contypid = t.oid
order by 1`;

/** Every function of a name, with its arguments. */
const functionQuery = `
select pg_catalog.concat_ws(' ', 'owner', pg_catalog.pg_get_userbyid(p.proowner), pg_catalog.pg_get_functiondef(p.oid)) as line
from pg_catalog.pg_proc p where p.pronamespace = $1::pg_catalog.regnamespace and p.proname = $2 and p.prokind <> 'a'
order by 1`;

const schemaQuery = `
select pg_catalog.concat_ws(' ', 'owner', pg_catalog.pg_get_userbyid(n.nspowner)) as line from pg_catalog.pg_namespace n where n.nspname = $1`;

const partQueries = { column: columnQuery, constraint: constraintQuery, trigger: triggerQuery, policy: policyQuery, rule: ruleQuery } as const;

/**
 * What an object is, as lines that are equal for equal objects. A subset of what the schema gate compares: enough to tell whether a statement would make the same.
 * Throws SqlError.
 */
export async function describeExisting(session: Session, { name, schema, relation }: ExistingObject): Promise<readonly string[]> {
  const qualified = `${schema}.${relation}`;
  const lines = async (query: string, values: readonly string[]) => (await session.query<{ line: string }>(query, values)).map(({ line }) => line.trim());
  switch (name.kind) {
    case 'relation':
      return await lines(relationQuery, [qualified]);
    case 'type':
      return await lines(typeQuery, [qualified]);
    case 'function':
      return await lines(functionQuery, [schema, name.name]);
    case 'schema':
      return await lines(schemaQuery, [name.name]);
    default:
      return await lines(partQueries[name.kind], [qualified, name.name]);
  }
}
