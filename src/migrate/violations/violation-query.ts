import { unreachable } from '../../core/result.ts';
import type { Rule, RuledTable } from './rule.ts';

/**
 * The query that lists the rows which break a rule: whole rows, as the table has them. Pure.
 *
 * @example violationQuery({ name: 'public.item', only: false }, { kind: 'not-null', column: 'label' }) // select * from public.item where label is null
 */
export function violationQuery({ name, only }: RuledTable, rule: Rule): string {
  const table = `${only ? 'only ' : ''}${name}`;
  switch (rule.kind) {
    case 'not-null':
      return `select * from ${table} where ${rule.column} is null`;
    case 'check':
      return `select * from ${table} where not (${rule.expression})`;
    case 'domain':
      return `select * from ${table} where not (select ${inParentheses(rule.expression)} from (select ${rule.column} as value) pgr_value)`;
    case 'unique': {
      const known = rule.nullsNotDistinct ? [] : rule.keys.map((key) => `(${key}) is not null`);
      const filter = where([...(rule.predicate === null ? [] : [`(${rule.predicate})`]), ...known]);
      const keys = rule.keys.map((key) => `(${key})`).join(', ');
      return `select (pgr_row).* from (select pgr_row, pg_catalog.count(*) over (partition by ${keys}) as pgr_count from ${table} pgr_row${filter}) pgr_rows where pgr_count > 1`;
    }
    case 'exclusion': {
      const keys = rule.keys.map((key, at) => `(${key}) as pgr_${at + 1}`).join(', ');
      const conflict = rule.operators.map((operator, at) => `one.pgr_${at + 1} ${operator} other.pgr_${at + 1}`);
      const filter = where(rule.predicate === null ? [] : [`(${rule.predicate})`]);
      return `with pgr_rows as (select pgr_row, tableoid as pgr_table, ctid as pgr_place, ${keys} from ${table} pgr_row${filter})
select (one.pgr_row).* from pgr_rows one
where exists (select from pgr_rows other where (other.pgr_table, other.pgr_place) is distinct from (one.pgr_table, one.pgr_place) and ${conflict.join(' and ')})`;
    }
    case 'foreign-key': {
      const found = rule.columns.map((column, at) => `pgr_parent.${rule.parentColumns[at]} ${rule.operators[at]} pgr_row.${column}`).join(' and ');
      const exists = `exists (select from ${rule.parent} pgr_parent where ${found})`;
      const known = rule.columns.map((column) => `pgr_row.${column} is not null`);
      const breaks = rule.matchFull ? `(${known.join(' or ')}) and not (${known.join(' and ')} and ${exists})` : `${known.join(' and ')} and not ${exists}`;
      return `select pgr_row.* from ${table} pgr_row where ${breaks}`;
    }
    default:
      return unreachable(rule);
  }
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
}

function inParentheses(expression: string): string {
  return `(${expression})`;
}
