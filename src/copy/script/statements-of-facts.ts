import { describeStatement } from '../restore/describe-statement.ts';

const roleKinds = new Set(['role', 'user', 'group']);

/**
 * Statements of a script that are not run, because what they say was read when the dump was opened and is applied from the facts: those about
 * roles (which must not log in) and about the database itself (which is ours and may have another name), and the script's encoding.
 */
export function isLeftToFacts(statement: string): boolean {
  if (!/^(create|alter|drop|grant|revoke|comment|set|security)\b/i.test(statement)) return false;
  const { verb, kind, name } = describeStatement(statement);
  if (verb === 'SET') return /^(client_encoding|names)$/i.test(name);
  if (kind === 'database') return true;
  if (verb === 'GRANT' || verb === 'REVOKE') return kind === 'role';
  return roleKinds.has(kind) && ['CREATE', 'ALTER', 'DROP', 'COMMENT'].includes(verb);
}
