import type { ApplicationQuery } from '../core/queries.ts';

export interface IgnoreRule {
  readonly query: string;
  readonly reason: string;
}

/** The rule that a query falls under: its id, or its text, in which * stands for anything and spacing doesn't matter. */
export function ignoreRule<Rule extends IgnoreRule>({ id, text }: Pick<ApplicationQuery, 'id' | 'text'>, rules: readonly Rule[]): Rule | undefined {
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  return rules.find(({ query }) => query === id || patternOf(query).test(plain));
}

function patternOf(query: string): RegExp {
  const parts = query
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'is');
}
