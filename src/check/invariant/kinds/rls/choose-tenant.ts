import type { Session } from '../../../../core/ports.ts';
import type { TableFacts } from '../../table-facts.ts';

/** The first tenant that has rows in all of the tables, beside others in the first of them. Throws SqlError. */
export async function chooseTenant(session: Session, tables: readonly TableFacts[], column: string): Promise<string | undefined> {
  const [first, ...others] = tables;
  if (first === undefined) return undefined;
  const too = others.map(({ name }) => ` and exists (select from ${name} as other where other.${column} = one.${column})`).join('');
  const sql = `
select one.${column}::text as tenant from ${first.name} as one
where one.${column} is not null and exists (select from ${first.name} as other where other.${column} <> one.${column})${too}
order by one.${column} limit 1`;
  const [row] = await session.query<{ tenant: string }>(sql);
  return row?.tenant;
}
