import type { Session } from '../../core/ports.ts';
import type { Rule } from './rule.ts';

/** An operator as it can be written between two operands, whatever the search path is. @param oid SQL */
const operatorOf = (oid: string) => `
(select case when n.nspname = 'pg_catalog' then o.oprname else 'operator(' || pg_catalog.quote_ident(n.nspname) || '.' || o.oprname || ')' end
   from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace where o.oid = ${oid})`;

const columnsOf = (relation: string, numbers: string) => `
(select pg_catalog.json_agg(pg_catalog.quote_ident(a.attname) order by u.place)
   from pg_catalog.unnest(${numbers}) with ordinality u (number, place)
   join pg_catalog.pg_attribute a on a.attrelid = ${relation} and a.attnum = u.number)`;

/** A constraint with what its rule is made of. */
const constraintQuery = `
select k.contype::text as type, pg_catalog.pg_get_expr(k.conbin, k.conrelid) as expression, k.conindid::text as index,
       k.confmatchtype = 'f' as "matchFull",
       ${columnsOf('k.conrelid', 'k.conkey')} as columns,
       case when k.confrelid <> 0 then (select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
          from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = k.confrelid) end as parent,
       ${columnsOf('k.confrelid', 'k.confkey')} as "parentColumns",
       (select pg_catalog.json_agg(${operatorOf('u.operator')} order by u.place)
          from pg_catalog.unnest(coalesce(k.conexclop, k.conpfeqop)) with ordinality u (operator, place)) as operators,
       coalesce((pg_catalog.to_jsonb(k) ->> 'conperiod')::boolean, false) as period
from pg_catalog.pg_constraint k
where k.oid = $1::oid`;

interface ConstraintRow {
  readonly type: string;
  readonly expression: string | null;
  readonly index: string;
  readonly matchFull: boolean;
  readonly columns: readonly string[] | null;
  readonly parent: string | null;
  readonly parentColumns: readonly string[] | null;
  readonly operators: readonly string[] | null;
  readonly period: boolean;
}

/** The keys of an index, each with its collation where that is not its column's own; before 15 nulls are always distinct. */
const indexQuery = `
select (select pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid, place, true) ||
          coalesce((select ' collate ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(k.collname)
             from pg_catalog.pg_collation k join pg_catalog.pg_namespace n on n.oid = k.collnamespace
            where k.oid = i.indcollation[place - 1] and not k.collisdeterministic), '') order by place)
          from pg_catalog.generate_series(1, i.indnkeyatts) place) as keys,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) as predicate, i.indisunique as "unique",
       coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as "nullsNotDistinct"
from pg_catalog.pg_index i
where i.indexrelid = $1::oid`;

interface IndexRow {
  readonly keys: readonly string[];
  readonly predicate: string | null;
  readonly unique: boolean;
  readonly nullsNotDistinct: boolean;
}

/** The rule that a constraint of a table makes; undefined for what has none that is known, such as a foreign key with PERIOD. Throws SqlError. */
export async function ruleOfConstraint(session: Session, oid: string): Promise<Rule | undefined> {
  const [row] = await session.query<ConstraintRow>(constraintQuery, [oid]);
  if (row === undefined || row.period) return undefined;
  const { type, expression, columns, parent, parentColumns, operators, matchFull } = row;
  if (type === 'c' && expression !== null) return { kind: 'check', expression };
  if (type === 'n' && columns?.[0] !== undefined) return { kind: 'not-null', column: columns[0] };
  if (type === 'u' || type === 'p') return await ruleOfIndex(session, row.index);
  if (type === 'f' && columns !== null && parent !== null && parentColumns !== null && operators !== null)
    return { kind: 'foreign-key', columns, parent, parentColumns, operators, matchFull };
  if (type !== 'x' || operators === null) return undefined;
  const [index] = await session.query<IndexRow>(indexQuery, [row.index]);
  return index === undefined ? undefined : { kind: 'exclusion', keys: index.keys, operators, predicate: index.predicate };
}

/** The rule that an index makes; undefined where it isn't unique. Throws SqlError. */
export async function ruleOfIndex(session: Session, oid: string): Promise<Rule | undefined> {
  const [index] = await session.query<IndexRow>(indexQuery, [oid]);
  return index?.unique === true ? { kind: 'unique', keys: index.keys, predicate: index.predicate, nullsNotDistinct: index.nullsNotDistinct } : undefined;
}
