import type { Recording } from '../../core/recording.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';

/** Where a ledger's writes are looked for. */
export interface LedgerWrites {
  /** The ledger table's own name, without its schema. */
  readonly table: string;
  /** What a value of the ledger means; undefined where it is no revision. */
  readonly find: (value: string) => string | undefined;
}

/**
 * The revisions in the order in which the tool wrote them into its ledger, each once: by the literals of statements that were committed. Undefined where not
 * all of `recorded` were seen so, as where a tool binds its values.
 */
export function ledgerOrder(recording: Recording | undefined, { table, find }: LedgerWrites, recorded: readonly string[]): readonly string[] | undefined {
  if (recording === undefined || recorded.length === 0) return undefined;
  const committed = new Set(recording.transactions.filter(({ outcome }) => outcome === 'committed').map(({ id }) => id));
  const order = new Set<string>();
  for (const { text, error, transaction } of recording.statements) {
    if (error !== undefined || !committed.has(transaction)) continue;
    for (const value of writtenValues(text, table)) {
      const revision = find(value);
      if (revision !== undefined) order.add(revision);
    }
  }
  const seen = [...order].filter((revision) => recorded.includes(revision));
  return seen.length === recorded.length ? seen : undefined;
}

/** So much of a statement is looked at: what writes to a ledger is short. */
const mostTokens = 400;

/** Literals that an INSERT or UPDATE writes into a table; of an UPDATE those before its WHERE. */
export function writtenValues(text: string, table: string): readonly string[] {
  const tokens = significantTokens(text.slice(0, 20_000), mostTokens);
  const verb = tokens[0]?.keyword;
  if (verb !== 'INSERT' && verb !== 'UPDATE') return [];
  const into = tokens.slice(1, 8);
  if (!into.some(({ name }) => name === table)) return [];
  const where = verb === 'UPDATE' ? tokens.findIndex(({ keyword }) => keyword === 'WHERE') : -1;
  return tokens
    .slice(0, where === -1 ? undefined : where)
    .filter(({ kind }) => kind === 'string' || kind === 'number')
    .map(({ text: literal }) => literal.replace(/^'|'$/g, '').replaceAll("''", "'"));
}
