import type { MaskingSettings, Settings } from '../../config/schema.ts';
import { type Examination, examineMasking } from '../../copy/mask/examine-masking.ts';
import { failuresOf } from '../../copy/mask/plan-masking.ts';
import { type Failure, FailureError, failure } from '../../core/failure.ts';
import type { MaskingFacts } from '../../core/masking.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { openForFacts } from './open-source.ts';

export interface MaskCheck extends Pick<Examination, 'undecided' | 'problems' | 'largeObjectsUndecided' | 'columns' | 'kept'> {
  readonly source: string;
  readonly masking: MaskingFacts;
  /** Everything that would keep a copy from being made; none: it could be. */
  readonly failures: readonly Failure[];
}

const undecidedSoFar: MaskingSettings = { columns: {}, strict: false };

/**
 * Holds production's columns against the decisions of the configuration. Only catalogs are read; with `sample`, production also counts which of
 * some values look personal. No value leaves it.
 *
 * Fails with what opening a source fails with, and with `usage` where it is a dump.
 */
export async function checkMasks(context: Context, settings: Settings, folder: string, options: { readonly sample: boolean }): Promise<Result<MaskCheck>> {
  if ('dump' in settings.source) {
    return fail(
      failure('usage', 'The configured source is a dump, whose columns are not looked at.', {
        cure: 'Set source.urlVariable, or load the dump and name that clone’s URL.',
      }),
    );
  }
  const opened = await openForFacts(context, settings, folder);
  if (!opened.ok) return opened;
  await using source = opened.value;
  if (source.kind !== 'live') throw new Error('a URL was opened as a dump');
  try {
    const examined = await examineMasking(context, source, settings.masking ?? undecidedSoFar, options);
    const { undecided, problems, largeObjectsUndecided, columns, kept, masking } = examined;
    return ok({
      source: source.facts.label,
      masking: masking.facts,
      undecided,
      problems,
      largeObjectsUndecided,
      columns,
      kept,
      failures: failuresOf(examined),
    });
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}
