import type { Unobserved } from '../../core/recording.ts';
import type { StatementDraft } from './drafts.ts';

/** Says of a statement what could not be seen of it, once. */
export function addUnobserved(statement: StatementDraft, what: Unobserved['what'], why: string): void {
  if (!statement.unobserved.some((known) => known.what === what)) statement.unobserved.push({ what, why });
}
