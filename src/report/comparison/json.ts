import type { ExplainedComparison } from '../../core/explained-comparison.ts';

/** The name of the format; a change that breaks readers gets a new number. Its JSON Schema is docs/reference/diff.schema.json. */
export const comparisonFormat = 'pgrehearse-diff/1';

/** A comparison for other programs, as an object that is ready to be written as JSON. The same comparison always gives the same fields in the same order. */
export function comparisonJson(comparison: ExplainedComparison, exitCode: number, artifacts: readonly string[]): Readonly<Record<string, unknown>> {
  return { format: comparisonFormat, exitCode, ...comparison, artifacts };
}
