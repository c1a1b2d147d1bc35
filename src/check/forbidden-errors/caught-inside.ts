/** Where a handler begins; comments may stand in between. */
const handlers = /\bexception(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+(?=when\b)/i;
const condition = /\bwhen\b([\s\S]*?)\bthen\b/gi;

/** The names that PL/pgSQL has for SQLSTATEs that are commonly forbidden; a class catches all that begin so. */
const named: Readonly<Record<string, string>> = {
  others: '',
  syntax_error_or_access_rule_violation: '42',
  object_not_in_prerequisite_state: '55',
  transaction_rollback: '40',
  integrity_constraint_violation: '23',
  duplicate_schema: '42P06',
  duplicate_table: '42P07',
  duplicate_column: '42701',
  duplicate_object: '42710',
  duplicate_function: '42723',
  undefined_table: '42P01',
  undefined_column: '42703',
  undefined_object: '42704',
  undefined_function: '42883',
  invalid_schema_name: '3F000',
  lock_not_available: '55P03',
  deadlock_detected: '40P01',
  serialization_failure: '40001',
  query_canceled: '57014',
  unique_violation: '23505',
  foreign_key_violation: '23503',
  not_null_violation: '23502',
  check_violation: '23514',
};

/**
 * Whether PL/pgSQL in a statement catches one of these SQLSTATEs, so that nobody outside of the server would see it. A name that isn't known may stand for any
 * that has no known name.
 *
 * @example caughtInside("do $$ begin … exception when duplicate_object then null; end $$", ['42710']) // true
 */
export function caughtInside(text: string, sqlstates: readonly string[]): boolean {
  const begin = text.search(handlers);
  if (begin === -1) return false;
  const conditions = [...text.slice(begin).matchAll(condition)].flatMap(([, words = '']) => words.split(/\bor\b/i).map((one) => one.trim().toLowerCase()));
  return sqlstates.some((sqlstate) => conditions.some((one) => catches(one, sqlstate)));
}

function catches(condition: string, sqlstate: string): boolean {
  const literal = /^sqlstate\s*'+([0-9a-z]{5})'+$/.exec(condition)?.[1]?.toUpperCase();
  if (literal !== undefined) return literal === sqlstate || (literal.endsWith('000') && sqlstate.startsWith(literal.slice(0, 2)));
  const known = named[condition];
  if (known !== undefined) return sqlstate.startsWith(known);
  return /^[a-z_]+$/.test(condition) && !Object.values(named).includes(sqlstate);
}
