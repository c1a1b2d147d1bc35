import { type SignificantToken, significantTokens } from '../sql/significant-tokens.ts';

/** Words that stand where a role may, and are none. */
const notRoles = new Set(['PUBLIC', 'CURRENT_USER', 'CURRENT_ROLE', 'SESSION_USER', 'GROUP']);
const ends = new Set(['WITH', 'GRANTED', 'USING', 'CASCADE', 'RESTRICT']);

/**
 * The roles that a statement of a dump names: owners, who was granted what, whom policies are for. Without them the statement would fail, and
 * with it a policy or a right would be lost.
 *
 * @example namedRoles('CREATE POLICY p ON public.t TO app USING (true)') // ['app']
 */
export function namedRoles(statement: string): readonly string[] {
  if (!/^(alter|grant|revoke|create\s+(policy|schema)|set\s+session)\b/i.test(statement)) return [];
  const tokens = significantTokens(statement);
  const after = (...words: string[]) => {
    const at = tokens.findIndex((_, index) => words.every((word, offset) => tokens[index + offset]?.keyword === word));
    return at === -1 ? [] : roleList(tokens.slice(at + words.length));
  };
  const [first, second] = tokens;
  switch (first?.keyword) {
    case 'ALTER':
      if (second?.keyword !== 'DEFAULT') return after('OWNER', 'TO').slice(0, 1);
      return [...after('FOR', 'ROLE').slice(0, 1), ...afterLast(tokens, ['TO', 'FROM'])];
    case 'GRANT':
    case 'REVOKE':
      return [...afterLast(tokens, ['TO', 'FROM']), ...after('GRANTED', 'BY')];
    case 'CREATE':
      return second?.keyword === 'POLICY' ? after('TO') : after('AUTHORIZATION');
    default: {
      const name = tokens.at(-1);
      return name?.kind === 'string' ? [name.text.slice(1, -1).replaceAll("''", "'")] : [];
    }
  }
}

function afterLast(tokens: readonly SignificantToken[], words: readonly string[]): readonly string[] {
  const at = tokens.findLastIndex((token) => words.includes(token.keyword));
  return at === -1 ? [] : roleList(tokens.slice(at + 1));
}

/** `a, "B", public` up to the word that ends the list. */
function roleList(tokens: readonly SignificantToken[]): readonly string[] {
  const names: string[] = [];
  for (const token of tokens) {
    if (ends.has(token.keyword) || token.kind === 'open') break;
    if (token.name !== undefined && !notRoles.has(token.keyword) && !token.name.startsWith('pg_')) names.push(token.name);
  }
  return names;
}
