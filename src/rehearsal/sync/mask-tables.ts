import type { MaskingSettings } from '../../config/schema.ts';
import { examineMasking } from '../../copy/mask/examine-masking.ts';
import { failuresOf } from '../../copy/mask/plan-masking.ts';
import { FailureError, failure } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

const undecidedSoFar: MaskingSettings = { columns: {}, strict: false };

/**
 * Makes production give masked rows. Also without a masking section: a column that looks personal needs a decision before it goes to staging, which more people
 * see. Only columns of tables that are synced are asked about, and no large object goes anywhere.
 *
 * Fails with `mask-invalid` and `mask-undecided`, with every problem.
 */
export async function maskTables(
  context: Context,
  production: LiveSource,
  settings: MaskingSettings | undefined,
  isSynced: (table: { readonly schema: string; readonly name: string }) => boolean,
): Promise<Result<LiveSource>> {
  try {
    const { masking, problems, undecided } = await examineMasking(context, production, settings ?? undecidedSoFar);
    const asked = undecided.filter(({ schema, table }) => isSynced({ schema, name: table }));
    const failures = failuresOf({ problems, undecided: asked, largeObjectsUndecided: false });
    const [first] = failures;
    if (first === undefined) return ok({ ...production, masking });
    if (failures.length === 1) return fail(first);
    return fail(failure(first.code, `Masking needs ${failures.length} things first: ${first.message}`, { problems: failures }));
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}
