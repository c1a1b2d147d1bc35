const name = String.raw`(?:"(?:[^"]|"")+"|[^\s".;]+)`;
const versioned = new RegExp(
  String.raw`^(ALTER (?:FOREIGN )?TABLE (?:ONLY )?${name}(?:\.${name})? ALTER COLUMN ${name} SET \()pg_attver=\d+(?:, ([^\n]*)|)(\);?\s*)$`,
);

/**
 * A statement without what it says of the place in the WAL at which a column was last changed: servers since the minor versions of November 2026 keep that among the column's
 * parameters, an older pg_dump writes it down like others, and an older server refuses it. It means nothing in another server. Undefined: nothing is left to do.
 *
 * @example withoutAttributeVersion('ALTER TABLE ONLY public.t ALTER COLUMN a SET (pg_attver=1, n_distinct=5);') // '… SET (n_distinct=5);'
 */
export function withoutAttributeVersion(statement: string): string | undefined {
  const [, start, others, end] = versioned.exec(statement) ?? [];
  if (start === undefined) return statement;
  return others === undefined ? undefined : `${start}${others}${end}`;
}
