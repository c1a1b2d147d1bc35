import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Invariant, Settings } from '../../config/schema.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { statementTexts } from '../../sql/split-statements.ts';
import { transactionVerb } from '../../sql/transaction-verb.ts';

/** What a client says through the pooler, or why that can’t be told: a clause. */
export type Script = { readonly statements: readonly string[] } | { readonly why: string };

type SessionEntry = NonNullable<Settings['compatibility']['pooling']>['sessions'][number];

/**
 * What the application says when it takes a connection. A BEGIN at its beginning and a COMMIT at its end are taken out, since it runs in a transaction that is
 * committed, and is looked at before that.
 */
export async function scriptOf({ sql, file }: SessionEntry, folder: string): Promise<Script> {
  if (file === undefined) return strip(sql ?? '');
  try {
    return strip(await readFile(resolve(folder, file), 'utf8'));
  } catch (error) {
    return { why: `${file} can’t be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function strip(sql: string): Script {
  const all = statementTexts(sql);
  const from = transactionVerb(all[0] ?? '') === 'begins' ? 1 : 0;
  const to = transactionVerb(all.at(-1) ?? '') === 'ends' ? all.length - 1 : all.length;
  const statements = all.slice(from, Math.max(from, to));
  const verb = statements.find((statement) => transactionVerb(statement) !== 'none');
  if (verb !== undefined) return { why: `it says ${verb} in the middle: several transactions are several entries` };
  return statements.length === 0 ? { why: 'it says nothing' } : { statements };
}

/** The invariants that a pooler could break: those that rest on a role or on settings. */
export function isPooled(invariant: Invariant): boolean {
  return ('role' in invariant && invariant.role !== undefined) || Object.keys(settingsOf(invariant)).length > 0;
}

export function settingsOf(invariant: Invariant): Readonly<Record<string, string>> {
  return 'settings' in invariant ? invariant.settings : {};
}

/** An invariant’s SQL as an application would say it; undefined for ready-made kinds, and for those that end in an error, which leave nothing. */
export function scriptOfInvariant(invariant: Invariant): readonly string[] | undefined {
  if (!('sql' in invariant) || !('expect' in invariant) || 'error' in invariant.expect) return undefined;
  const { sql, role, settings } = invariant;
  return [
    ...Object.entries(settings).map(([name, value]) => `select pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`),
    ...(role === undefined ? [] : [`set local role ${quoteIdentifier(role)}`]),
    ...statementTexts(sql),
  ];
}
