import { significantTokens } from '../../sql/significant-tokens.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import { transactionVerb } from '../../sql/transaction-verb.ts';
import type { Doubt } from './probe.ts';

/**
 * A statement that an invariant may not hold: one that ends the transaction which is rolled back, or one that changes the session. A COMMIT inside of a
 * DO block or procedure needs no looking for: Postgres refuses it inside of a transaction block.
 */
export function refusedStatement(scripts: readonly string[]): Doubt | undefined {
  const ended = endedTransaction(scripts);
  if (ended !== undefined) return ended;
  for (const { text } of scripts.flatMap(splitStatements)) {
    if (changesSession(text)) {
      return {
        reason: `it says ${text}, which changes the session: behind a pooler, the next client would get it`,
        cure: 'Use SET LOCAL, or the invariant’s settings and role.',
      };
    }
  }
  return undefined;
}

/** The first statement that begins or ends a transaction. */
export function endedTransaction(scripts: readonly string[]): Doubt | undefined {
  const ending = scripts.flatMap(splitStatements).find(({ text }) => transactionVerb(text) !== 'none');
  if (ending === undefined) return undefined;
  const reason = `it says ${ending.text}, which would end the transaction that is rolled back`;
  return { reason, cure: 'Take BEGIN, COMMIT and ROLLBACK out of the invariant.' };
}

/** SET without LOCAL, RESET, DISCARD; and whatever changes the role, since the check must run as the role that it names. */
function changesSession(statement: string): boolean {
  const [first, second, third] = significantTokens(statement, 3).map(({ keyword }) => keyword);
  if (first === 'RESET' || first === 'DISCARD') return true;
  if (first !== 'SET') return false;
  if (second === 'LOCAL') return third === 'ROLE' || third === 'SESSION';
  return second !== 'CONSTRAINTS' && second !== 'TRANSACTION';
}
