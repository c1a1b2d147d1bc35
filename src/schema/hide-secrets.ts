import { createHmac, randomBytes } from 'node:crypto';
import { scan } from '../sql/scan.ts';

/** Lives as long as the process: shows whether two secrets are equal, and is of no use for guessing them. */
const key = randomBytes(32);

/**
 * Statements can hold passwords: of subscriptions, user mappings and, against advice, foreign servers. They are compared, but never shown:
 * each string becomes a mark that is equal for equal strings.
 */
export function hideSecrets(kind: string, statement: string): string {
  if (kind !== 'user mapping' && kind !== 'subscription' && !(kind === 'server' && /pass|secret|token/i.test(statement))) return statement;
  return [...scan(statement)]
    .map((token) => {
      const text = statement.slice(token.start, token.end);
      return token.kind === 'string' ? `'hidden ${createHmac('sha256', key).update(text).digest('hex').slice(0, 12)}'` : text;
    })
    .join('');
}

/** The same mark for every secret, for texts whose fingerprint must be the same in every run. */
export function withoutMarks(text: string): string {
  return text.replace(/'hidden [0-9a-f]{12}'/g, "'hidden'");
}
