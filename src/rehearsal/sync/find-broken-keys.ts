import { SqlError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import type { ForeignKeyFacts, TableFacts } from '../../sync/tables/table-facts.ts';
import { type OpenStaging, openWriter } from './open-sides.ts';
import { withoutForcedPolicies } from './without-forced-policies.ts';

/** A foreign key of staging that says something untrue. */
export interface BrokenKey {
  readonly key: ForeignKeyFacts;
  /** Rows that reference nothing; undefined where they could not be counted. */
  readonly rows: number | undefined;
  /** Why not. */
  readonly unknown?: string;
}

/** Rows whose foreign key leads nowhere: with MATCH SIMPLE a NULL references nothing, with MATCH FULL half a key is wrong too. */
function orphansQuery(key: ForeignKeyFacts): string {
  const here = key.columns.map((column) => `here.${quoteIdentifier(column)}`);
  const there = key.toColumns.map((column) => `there.${quoteIdentifier(column)}`);
  const same = here.map((column, at) => `${there[at]} ${key.equals[at]} ${column}`);
  const isNull = here.map((column) => `${column} is null`);
  const references = key.matchFull ? `not (${isNull.join(' and ')})` : `not (${isNull.join(' or ')})`;
  const referenced = `from ${qualifiedName(key.toSchema, key.toTable)} as there where`;
  // The referenced rows together cover the period.
  const covers = `coalesce((select pg_catalog.range_agg(${there.at(-1)}) ${referenced} ${same.slice(0, -1).join(' and ')}) operator(pg_catalog.@>) ${here.at(-1)}, false)`;
  const leads = key.overPeriods ? covers : `exists (select ${referenced} ${same.join(' and ')})`;
  return `select pg_catalog.count(*) as rows from ${qualifiedName(key.schema, key.table)} as here where ${references} and not ${leads}`;
}

/** Looks at every foreign key that touches what was synced, whatever kept it quiet meanwhile. One that was never validated promises nothing. */
export async function findBrokenKeys(
  context: Context,
  staging: OpenStaging,
  keys: readonly ForeignKeyFacts[],
  tables: readonly TableFacts[],
): Promise<readonly BrokenKey[] | undefined> {
  const opened = await openWriter(context, staging, 'UTF8');
  if (!opened.ok) return undefined;
  await using session = opened.value;
  const broken: BrokenKey[] = [];
  for (const key of keys.filter(({ validated }) => validated)) {
    try {
      const ends = tables.filter(({ schema, name }) => (schema === key.schema && name === key.table) || (schema === key.toSchema && name === key.toTable));
      const [row] = await withoutForcedPolicies(session, ends, () => session.query<{ rows: string }>(orphansQuery(key)));
      if (Number(row?.rows) > 0) broken.push({ key, rows: Number(row?.rows) });
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      broken.push({ key, rows: undefined, unknown: error.fields.message });
    }
  }
  return broken;
}
