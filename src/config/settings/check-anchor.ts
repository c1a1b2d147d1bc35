import type { z } from 'zod';
import { keysAreRight } from './fields.ts';

/** Whatever of a configuration says what production has applied. */
interface Checked {
  readonly anchor?: { readonly revision: string } | undefined;
  readonly migrate: { readonly ledger?: unknown; readonly appliedThrough?: string | undefined; readonly folder?: string | undefined };
}

/** A stamp needs a list to be written, and a history in which it is a place. */
export function checkAnchor({ anchor, migrate }: Checked, context: z.core.$RefinementCtx): void {
  if (anchor === undefined || !keysAreRight(context as unknown as z.core.ParsePayload)) return;
  const tell = (message: string) => context.addIssue({ code: 'custom', path: ['anchor'], message });
  if (migrate.appliedThrough !== undefined) tell('can’t be set beside migrate.appliedThrough: both say what production has');
  else if (migrate.ledger === undefined) tell('needs migrate.ledger: without it nobody knows which table the stamp goes into');
  if (migrate.folder === undefined) tell('needs migrate.folder: without the files nobody knows what comes after the anchor');
}
