import { significantTokens } from './significant-tokens.ts';

/** What a statement does to the transaction around it. */
export type TransactionVerb = 'begins' | 'ends' | 'rolls-back' | 'chains' | 'none';

/**
 * Reads whether a statement begins or ends a transaction. Savepoints do neither; `COMMIT AND CHAIN` ends one and begins the next.
 *
 * @example transactionVerb('start transaction isolation level serializable') // 'begins'
 */
export function transactionVerb(statement: string): TransactionVerb {
  const words = significantTokens(statement, 6).map(({ keyword }) => keyword);
  const [first, second] = words;
  const chained = words.some((word, at) => word === 'AND' && words[at + 1] === 'CHAIN');
  switch (first) {
    case 'BEGIN':
      return 'begins';
    case 'START':
      return second === 'TRANSACTION' ? 'begins' : 'none';
    case 'COMMIT':
    case 'END':
      return second === 'PREPARED' ? 'none' : chained ? 'chains' : 'ends';
    case 'ABORT':
    case 'ROLLBACK':
      if (second === 'PREPARED' || words.includes('TO')) return 'none';
      return chained ? 'chains' : 'rolls-back';
    case 'PREPARE':
      return second === 'TRANSACTION' ? 'ends' : 'none';
    default:
      return 'none';
  }
}

/** Whether a statement only sets something for the session or transaction: `SET`, `RESET`. */
export function isSetting(statement: string): boolean {
  const [first] = significantTokens(statement, 1);
  return first?.keyword === 'SET' || first?.keyword === 'RESET';
}
