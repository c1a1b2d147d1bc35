import type { TableMode } from '../../core/sync.ts';
import { qualifiedName } from '../../sql/quote.ts';

export interface TableChoice {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly mode: TableMode;
  readonly modes: Readonly<Record<string, TableMode>>;
  /** Ledgers of migration tools, by schema and name, that stay as they are. */
  readonly isLedger: (table: { readonly schema: string; readonly name: string }) => boolean;
}

interface Named {
  readonly schema: string;
  readonly name: string;
}

/** What is to become of one table: a mode, or why it stays as it is. */
export function choiceOf(table: Named, choice: TableChoice): { readonly mode: TableMode } | { readonly leftOut: string } {
  if (!choice.include.some((pattern) => fits(pattern, table))) return { leftOut: 'not asked for (sync.tables.include)' };
  if (choice.exclude.some((pattern) => fits(pattern, table))) return { leftOut: 'excluded (sync.tables.exclude)' };
  const own = Object.entries(choice.modes).findLast(([pattern]) => fits(pattern, table));
  if (choice.isLedger(table) && own === undefined)
    return { leftOut: 'a migration tool’s ledger: production’s would hide from the tool what staging already has (sync.tables.ledgers)' };
  const mode = own?.[1] ?? choice.mode;
  return mode === 'skip' ? { leftOut: 'skipped, as configured (sync.tables.modes)' } : { mode };
}

/** Patterns that mean no table of either side: what is mistyped would silently be left out. */
export function uselessPatterns(patterns: readonly string[], tables: readonly Named[]): readonly string[] {
  return patterns.filter((pattern) => !tables.some((table) => fits(pattern, table)));
}

/**
 * Whether a pattern means a table: `schema.table`, or a table of public; * stands for any text.
 *
 * @example fits('*.audit_*', { schema: 'app', name: 'audit_2026' }) // true
 */
export function fits(pattern: string, { schema, name }: Named): boolean {
  if (pattern === '*') return true;
  const expression = new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    // A name may hold a line break.
    's',
  );
  return expression.test(`${schema}.${name}`) || expression.test(qualifiedName(schema, name)) || (schema === 'public' && expression.test(name));
}
