import { settled } from '../../copy/restore/settled.ts';
import { SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import { type ForeignKeyFacts, type TableFacts, tableKey } from '../../sync/tables/table-facts.ts';
import { askTogether } from './ask-together.ts';
import { openWriter, type ProvenStaging } from './open-sides.ts';
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

/**
 * Looks at every foreign key that touches what was synced, whatever kept it quiet meanwhile, by several sessions side by side. One that was never validated
 * promises nothing.
 */
export async function findBrokenKeys(
  context: Context,
  staging: ProvenStaging,
  keys: readonly ForeignKeyFacts[],
  { tables, jobs }: { readonly tables: readonly TableFacts[]; readonly jobs: number },
): Promise<readonly BrokenKey[] | undefined> {
  const validated = keys.filter((key) => key.validated);
  // To lift policies takes locks, for which sessions would wait for each other.
  const lifts = tables.some(({ owned, rlsForced, rlsActive }) => owned && rlsForced && rlsActive);
  const sessions = lifts ? 1 : Math.max(1, Math.min(jobs, validated.length));
  const found = new Map<ForeignKeyFacts, number | SqlError>();
  let isReached = true;
  const look = async (share: number) => {
    const opened = await openWriter(context, staging, 'UTF8');
    if (!opened.ok) {
      isReached = false;
      return;
    }
    await using session = opened.value;
    const mine = validated.filter((_, at) => at % sessions === share);
    const counts = await askTogether(mine, (some) => countOrphans(session, some, tables));
    for (const [place, key] of mine.entries()) {
      const rows = counts[place];
      if (rows !== undefined) found.set(key, rows);
    }
  };
  await settled(Array.from({ length: sessions }, (_, share) => look(share)));
  if (!isReached) return undefined;
  return validated.flatMap((key): readonly BrokenKey[] => {
    const rows = found.get(key);
    if (rows === undefined) throw new Error('a key was not looked at');
    if (rows instanceof SqlError) return [{ key, rows: undefined, unknown: rows.fields.message }];
    return rows === 0 ? [] : [{ key, rows }];
  });
}

async function countOrphans(session: Session, some: readonly ForeignKeyFacts[], tables: readonly TableFacts[]): Promise<readonly number[]> {
  const touched = new Set(
    some.flatMap(({ schema, table, toSchema, toTable }) => [tableKey({ schema, name: table }), tableKey({ schema: toSchema, name: toTable })]),
  );
  const ends = tables.filter((table) => touched.has(tableKey(table)));
  const asked = some.map((key, place) => `select ${place} as place, (${orphansQuery(key)}) as rows`).join(' union all ');
  const rows = await withoutForcedPolicies(session, ends, () => session.query<{ rows: string }>(`${asked} order by place`));
  return rows.map((row) => Number(row.rows));
}
