import { createHmac, randomBytes } from 'node:crypto';
import { scan } from '../../sql/scan.ts';

/** Lives as long as the process: shows whether two secrets are equal, and is of no use for guessing them. */
const key = randomBytes(32);

/**
 * Statements can hold passwords: of subscriptions, user mappings and, against advice, foreign servers. They are compared, but never shown:
 * each string becomes a mark that is equal for equal strings.
 */
export function hideSecrets(kind: string, statement: string): string {
  if (kind === 'function' || kind === 'procedure') return hideSettings(statement);
  if (kind !== 'user mapping' && kind !== 'subscription' && !(kind === 'server' && /pass|secret|token/i.test(statement))) return statement;
  return [...scan(statement)]
    .map((token) => {
      const text = statement.slice(token.start, token.end);
      return token.kind === 'string' ? mark(text) : text;
    })
    .join('');
}

/** The settings of a routine stand before its body, one a line. */
function hideSettings(statement: string): string {
  const body = /\n\s+AS [$'E]|\n\s*(?:BEGIN ATOMIC|RETURN )/.exec(statement)?.index ?? statement.length;
  const head = statement
    .slice(0, body)
    .replace(
      /^(\s+SET )("(?:[^"]|"")*"|\S+)( TO )(.*)$/gm,
      (_, set: string, name: string, to: string, value: string) => set + name + to + hideSetting(name, value),
    );
  return head + statement.slice(body);
}

/** The value of a setting, as a mark where its name says that it is a secret: teams keep keys in `app.jwt_secret` and the like. */
export function hideSetting(name: string, value: string): string {
  return /pass|secret|token|key|credential/i.test(name) ? mark(value) : value;
}

function mark(text: string): string {
  return `'hidden ${createHmac('sha256', key).update(text).digest('hex').slice(0, 12)}'`;
}

/** The same mark for every secret, for texts whose fingerprint must be the same in every run. */
export function withoutMarks(text: string): string {
  return text.replace(/'hidden [0-9a-f]{12}'/g, "'hidden'");
}
