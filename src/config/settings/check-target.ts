import type { z } from 'zod';
import { keysAreRight } from './fields.ts';

/** Whatever of a configuration a rehearsal in place has to fit. */
interface Checked {
  readonly source: object;
  readonly target?: object | undefined;
  readonly masking?: object | undefined;
  readonly image: { readonly keepHours?: number | undefined };
}

/** In place, production's copy is the clone: there must be one that is ours to change, and nothing can happen to rows on the way. */
export function checkTarget({ source, target, masking, image }: Checked, context: z.core.$RefinementCtx): void {
  if (target === undefined || !('throwaway' in target) || !keysAreRight(context as unknown as z.core.ParsePayload)) return;
  const tell = (path: readonly string[], message: string) => context.addIssue({ code: 'custom', path: [...path], message });
  const isRestored = 'rds' in source || 'aurora' in source || 'azure' in source;
  if (!isRestored && !('attached' in source)) {
    tell(['target'], '"throwaway" needs source.rds, source.aurora, source.azure or source.attached: anything else is no copy that may be migrated');
  }
  if ('attached' in source && !mayBeChanged(source.attached)) {
    tell(['source', 'attached', 'attestation'], 'needs mayBeChanged: true for target "throwaway", since the migrations run on that very server');
  }
  if (masking !== undefined) tell(['masking'], 'can’t be set beside target "throwaway": nothing is copied, so nothing could be masked on the way');
  if (image.keepHours !== undefined) tell(['image', 'keepHours'], 'can’t be set beside target "throwaway": no image is made that could be kept');
}

function mayBeChanged(attached: unknown): boolean {
  return (attached as { attestation?: { mayBeChanged?: boolean } }).attestation?.mayBeChanged === true;
}
