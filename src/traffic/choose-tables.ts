import { parseQualifiedName, qualifiedName } from '../sql/quote.ts';
import { significantTokens } from '../sql/significant-tokens.ts';
import type { TableActivity, TrafficTable } from './traffic-table.ts';

export interface TablesWanted {
  /** As configured: only these. */
  readonly tables?: readonly string[] | undefined;
  readonly maxTables: number;
  /** Tables that no application uses, such as the migration tool's ledger, quoted as a recording does: they have traffic only where they are configured. */
  readonly except?: readonly string[];
  /** Oids of those that the migrations name. */
  readonly named: ReadonlySet<string>;
  /** How busy tables are in production; empty where that isn't known. */
  readonly activity: readonly TableActivity[];
}

export interface TablesChosen {
  readonly chosen: readonly TrafficTable[];
  /** Configured names that lead nowhere. */
  readonly unknown: readonly string[];
}

/**
 * The tables that matter: the configured ones, or else those that the migrations name, then the busiest, then the largest, as many as are wanted.
 * Views and foreign tables are used only where they are configured: a view's tables have traffic of their own, and a foreign table is another server's.
 */
export function chooseTables(tables: readonly TrafficTable[], wanted: TablesWanted): TablesChosen {
  if (wanted.tables !== undefined) {
    const found = wanted.tables.map((name) => ({ name, table: findByName(name, tables) }));
    return {
      chosen: [...new Set(found.flatMap(({ table }) => table ?? []))],
      unknown: found.filter(({ table }) => table === undefined).map(({ name }) => name),
    };
  }
  const busy = new Map(wanted.activity.map(({ schema, table, reads, writes }) => [qualifiedName(schema, table), reads + writes]));
  const usable = tables.filter(
    ({ kind, name }) => (kind === 'table' || kind === 'partitioned table' || kind === 'materialized view') && !(wanted.except ?? []).includes(name),
  );
  const rank = (table: TrafficTable) => (wanted.named.has(table.oid) ? 1 : 0);
  const chosen = usable.toSorted((a, b) => rank(b) - rank(a) || (busy.get(b.name) ?? 0) - (busy.get(a.name) ?? 0) || b.bytes - a.bytes);
  return { chosen: chosen.slice(0, wanted.maxTables), unknown: [] };
}

function findByName(name: string, tables: readonly TrafficTable[]): TrafficTable | undefined {
  const parsed = parseQualifiedName(name);
  const quoted = parsed === undefined ? undefined : qualifiedName(parsed.schema ?? 'public', parsed.name);
  return tables.find((table) => table.name === quoted || table.name.replaceAll('"', '') === name);
}

/**
 * Every identifier of these SQL texts, folded as Postgres does: what might name a table. It only decides where to look, so that too many do no harm.
 *
 * @example namesIn(['alter table Invoice add x int']) // ['alter', 'table', 'invoice', …]
 */
export function namesIn(scripts: readonly string[]): readonly string[] {
  return [...new Set(scripts.flatMap((script) => significantTokens(script).flatMap(({ name }) => name ?? [])))];
}
