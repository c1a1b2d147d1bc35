import type { MaskingSettings } from '../../config/schema.ts';
import { maskFingerprint } from '../../copy/mask/fingerprint.ts';
import { planMasking } from '../../copy/mask/plan-masking.ts';
import { failure } from '../../core/failure.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/**
 * Makes sure that what comes out of a source is masked as configured: a live one masks its rows itself; a dump must have been written with the
 * same masks, since its rows lie on our disk already. Without a masking section a source is given back as it is. A source that is refused is closed.
 *
 * Fails with `mask-invalid`, `mask-undecided`, `dump-unmasked`.
 */
export async function maskSource(context: Context, source: OpenSource, masking: MaskingSettings | undefined): Promise<Result<OpenSource>> {
  if (masking === undefined) return ok(source);
  const masked = source.kind === 'live' ? await planMasking(context, source, masking) : dumpIsMasked(source, masking);
  if (!masked.ok) await source[Symbol.asyncDispose]();
  return masked;
}

function dumpIsMasked(source: Exclude<OpenSource, { kind: 'live' }>, masking: MaskingSettings): Result<OpenSource> {
  const { label } = source.facts;
  if (source.kind === 'script') return fail(failure('dump-unmasked', `The ${label} is a script: its rows are not masked, and masking is configured.`));
  const written = source.manifest.masking;
  if (written === undefined) return fail(failure('dump-unmasked', `The ${label} was written without masks, and masking is configured.`));
  if (written.fingerprint !== maskFingerprint(masking))
    return fail(failure('dump-unmasked', `The ${label} was written with other masks than those configured.`));
  return ok(source);
}
