import type { MaskingSettings } from '../../config/schema.ts';
import { type Failure, FailureError, failure } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Examination, examineMasking } from './examine-masking.ts';

/**
 * Makes a live source give masked rows to everything that copies or hashes it. Nothing of it is copied while a decision is missing or wrong.
 *
 * Fails with `mask-invalid` or `mask-undecided`, with every problem, and with what reading a source fails with.
 *
 * @example const masked = await planMasking(context, source, settings.masking);
 */
export async function planMasking(context: Context, source: LiveSource, settings: MaskingSettings): Promise<Result<LiveSource>> {
  try {
    const examined = await examineMasking(context, source, settings);
    const failures = failuresOf(examined);
    const [first] = failures;
    if (first === undefined) return ok({ ...source, masking: examined.masking });
    if (failures.length === 1) return fail(first);
    return fail(failure(first.code, `Masking needs ${failures.length} things first: ${first.message}`, { problems: failures }));
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}

/** Everything that keeps a source from being masked, what is wrong before what is missing. */
export function failuresOf({
  problems,
  undecided,
  largeObjectsUndecided,
}: Pick<Examination, 'problems' | 'undecided' | 'largeObjectsUndecided'>): readonly Failure[] {
  return [
    ...problems.map((problem) => failure('mask-invalid', `${problem}.`)),
    ...undecided.map(({ name, type, why }) => failure('mask-undecided', `${name} (${type}) has no decision: ${why}.`, { object: name })),
    ...(largeObjectsUndecided
      ? [
          failure('mask-undecided', 'There are large objects, which can’t be masked, and masking.largeObjects is not set.', {
            cure: 'Set masking.largeObjects to "empty", which makes each without its content, or to "keep".',
          }),
        ]
      : []),
  ];
}
