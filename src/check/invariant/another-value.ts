import type { ColumnFacts } from './table-facts.ts';

/**
 * An SQL expression for a value that a column doesn't hold now, so that triggers which look for a change see one; undefined where none can be told by the
 * column's type.
 */
export function anotherValue({ quoted, type, category, nullable, generated, always }: ColumnFacts): string | undefined {
  if (generated || always) return undefined;
  switch (category) {
    case 'N':
      return `coalesce(${quoted}, 0) + 1`;
    case 'S':
      return `case when ${quoted} = 'x' then 'y' else 'x' end`;
    case 'B':
      return `${quoted} is not true`;
    case 'D':
      // 25 hours change dates and times of day alike.
      return `coalesce(${quoted} + interval '25 hours', '2000-01-01 01:00')`;
    case 'T':
      return `coalesce(${quoted}, interval '0') + interval '1 day'`;
    case 'E':
      return `(select label from pg_catalog.unnest(pg_catalog.enum_range(null::${type})) as label where label is distinct from ${quoted} limit 1)`;
    default:
      if (type === 'uuid') return 'pg_catalog.gen_random_uuid()';
      if (type === 'json' || type === 'jsonb') return `'{"pgrehearse": true}'`;
      if (type === 'bytea') return `coalesce(${quoted}, '') || '\\x00'`;
      return nullable ? 'null' : undefined;
  }
}
